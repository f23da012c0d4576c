package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.StoreUnavailable;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each who publishes is told while the store of a durable topic is away: that it is, and nothing of what it said. */
@Timeout(120)
class StoreUnavailableTest {
    private static final String SAID = "The store at 10.1.2.3 says this to operators";

    private static TestGateway gateway;
    private static SilentStores.Logs store;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless {
                  node-name = away
                  durability = journal
                  backpressure-timeout = 200ms
                  topics.many.backpressure-timeout = 10m # who waits there, waits as long as the test
                  max-pending-publishes = 1
                  store-backoff { min = 10ms, max = 20ms }
                }
                """);
        store = SilentStores.of("away");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    @BeforeEach
    void isAway() {
        store.beAway(SAID);
    }

    @AfterEach
    void isThere() {
        store.beAway(null);
    }

    private static void assertTellsClients(String topic, String told) {
        assertTrue(told.startsWith("Topic " + topic + ": its store "), told);
        assertTrue(told.contains("nothing was published"), told);
        assertFalse(told.contains(SAID), told);
    }

    @Test
    void httpAnswers503UntilTheStoreIsBack() {
        HttpResponse<String> answer = gateway.publish("http", "1");
        assertEquals(503, answer.statusCode(), answer.body());
        assertTrue(answer.headers().firstValue("Retry-After").isPresent());
        JsonNode problem = TestGateway.json(answer.body());
        assertEquals("urn:gapless:store_unavailable", problem.get("type").textValue());
        assertTellsClients("http", problem.get("detail").textValue());
        store.beAway(null);
        TestGateway.await(() -> gateway.publish("http", "2").statusCode() == 200);
    }

    /** The others come while the first waits; soon it is known that the store fails. */
    @Test
    void whoIsOneTooManyIsToldTheSame() {
        var producer = gateway.gapless().producer(Topic.of("many", JsonNode.class));
        var waits = producer.publish(IntNode.valueOf(1)).toCompletableFuture();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        TestGateway.await(() -> {
            var tooMany = producer.publish(IntNode.valueOf(2)).toCompletableFuture();
            refused.set(assertThrows(RuntimeException.class, tooMany::join).getCause());
            return refused.get() instanceof StoreUnavailable;
        });
        assertFalse(waits.isDone());
        StoreUnavailable why = (StoreUnavailable) refused.get();
        assertTrue(why.getMessage().contains("gapless.max-pending-publishes"), why::getMessage);
        assertTrue(why.getMessage().contains(SAID), why::getMessage);
        assertTellsClients("many", why.forClients());
    }

    @Test
    void aWebSocketIsTold() {
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        socket.send("{\"type\":\"Publish\",\"topic\":\"socket\",\"data\":1,\"id\":\"c1\"}");
        JsonNode error = socket.await("error");
        assertEquals("store_unavailable", error.get("code").textValue());
        assertTellsClients("socket", error.get("message").textValue());
    }

    @Test
    void grpcIsTold() {
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel())::publish));
        stream.call.onNext(
                PublishRequest.newBuilder().setTopic("grpc").setJsonData("1").build());
        PublishResponse answer = stream.next();
        assertEquals("store_unavailable", answer.getError().getCode());
        assertTellsClients("grpc", answer.getError().getMessage());
    }

    /** The node is ready all the same: others may lack their stores, too. It tells those who may see its status. */
    @Test
    void whoLooksAfterTheNodeIsToldWhatTheStoreSays() {
        gateway.publish("status", "1");
        HttpResponse<String> ready = gateway.get("/health/ready");
        assertEquals(200, ready.statusCode());
        assertTrue(ready.body().contains("\"kind\":\"store\"") && ready.body().contains(SAID), ready.body());
        assertTrue(gateway.get("/api/status").body().contains(SAID));
    }
}
