package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import dev.gapless.gateway.v1.Event;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.OnLag;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.SubscribeTopicResponse.ContentCase;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of gRPC that want a topic's state get the rows of the gateway's table, whole, and then what changes. */
@Timeout(120)
class GrpcStateTest extends PricesFixture {

    private GaplessGrpc.GaplessStub stub;

    @BeforeEach
    void connect() {
        stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
    }

    /** What a client shows. Between brackets it is not looked at. */
    private static final class Shown {
        private final Map<String, Integer> prices = new TreeMap<>();
        private boolean inBrackets;
        private boolean stale;
        private int events;
        private int brackets;
        private int expired;
        /** Of the last whole state. */
        private String token = "";

        private void take(SubscribeTopicResponse response) {
            switch (response.getContentCase()) {
                case SUBSCRIBED -> token = response.getToken();
                case SNAPSHOT_START -> {
                    assertFalse(inBrackets, "brackets in brackets");
                    inBrackets = true;
                    if (response.getSnapshotStart().getComplete()) {
                        prices.clear();
                    }
                }
                case BATCH -> response.getBatch().getEventsList().forEach(this::take);
                case SNAPSHOT_END -> {
                    assertTrue(inBrackets);
                    inBrackets = false;
                    brackets++;
                    stale = response.getSnapshotEnd().getStale();
                }
                case CURSOR_EXPIRED -> expired++;
                default -> throw new AssertionError("unexpected: " + response);
            }
            if (inBrackets) {
                assertEquals(token, response.getToken(), "no token of a part of a state");
            }
            token = response.getToken();
            assertEquals("prices", CursorToken.parse(token).topic());
        }

        private void take(Event event) {
            assertEquals(inBrackets, event.getSnapshot(), event::toString);
            assertFalse(event.hasPosition(), event::toString);
            events++;
            if (event.getDeleted()) {
                prices.remove(event.getKey());
            } else {
                prices.put(
                        event.getKey(),
                        TestGateway.json(event.getJsonData()).path("price").asInt());
            }
        }

        /** Reads until it shows that, and is a state. */
        void until(GrpcStream<?, SubscribeTopicResponse> stream, Map<String, Integer> wanted) {
            do {
                take(stream.next());
            } while (inBrackets || !prices.equals(wanted));
        }
    }

    private static SubscribeTopicRequest.Builder state() {
        return SubscribeTopicRequest.newBuilder().setTopic("prices").setState(true);
    }

    private GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> subscribe(SubscribeTopicRequest.Builder request) {
        return gateway.closing(GrpcStream.open(request.build(), stub::subscribe));
    }

    /** @param first so many responses are taken until more are asked for */
    private GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> subscribe(
            int first, SubscribeTopicRequest.Builder request) {
        return gateway.closing(GrpcStream.open(first, request.build(), stub::subscribe));
    }

    private static SubscribeTopicResponse is(ContentCase what, SubscribeTopicResponse response) {
        assertEquals(what, response.getContentCase(), response::toString);
        return response;
    }

    /** A response that has this event alone. */
    private static Event event(GrpcStream<?, SubscribeTopicResponse> stream) {
        SubscribeTopicResponse response = is(ContentCase.BATCH, stream.next());
        assertEquals(1, response.getBatch().getEventsCount());
        return response.getBatch().getEvents(0);
    }

    @Test
    @DisplayName(
            "all rows come between snapshot_start and snapshot_end, whose token is that of the state; then each change is an event")
    void rows() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(state());
        SubscribeTopicResponse subscribed = is(ContentCase.SUBSCRIBED, stream.next());
        SubscribeTopicResponse start = is(ContentCase.SNAPSHOT_START, stream.next());
        assertTrue(start.getSnapshotStart().getComplete());
        SubscribeTopicResponse batch = is(ContentCase.BATCH, stream.next());
        assertEquals(3, batch.getBatch().getEventsCount());
        SubscribeTopicResponse end = is(ContentCase.SNAPSHOT_END, stream.next());
        assertFalse(end.getSnapshotEnd().getStale());
        assertNotEquals(subscribed.getToken(), end.getToken());
        Shown shown = new Shown();
        List.of(subscribed, start, batch, end).forEach(shown::take);
        assertEquals(now(), shown.prices);

        Position position = publish("EURUSD", 11);
        SubscribeTopicResponse changed = stream.next();
        assertEquals(position, CursorToken.parse(changed.getToken()).positions().get("n1"));
        assertEquals(
                Event.newBuilder()
                        .setKey("EURUSD")
                        .setJsonData("{\"id\":\"EURUSD\",\"v\":2,\"price\":11,\"text\":\"\"}")
                        .build(),
                changed.getBatch().getEvents(0));
        delete("BTCUSD");
        assertEquals(Event.newBuilder().setKey("BTCUSD").setDeleted(true).build(), event(stream));
    }

    @Test
    @DisplayName("a state without rows is a state: its brackets come, and then the first row")
    void empty() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(state().addKeys("GBP*"));
        is(ContentCase.SUBSCRIBED, stream.next());
        is(ContentCase.SNAPSHOT_START, stream.next());
        is(ContentCase.SNAPSHOT_END, stream.next());
        publish("GBPUSD", 4);
        assertEquals("GBPUSD", event(stream).getKey());
    }

    @Test
    @DisplayName("rows are chosen by their keys, and large ones withheld")
    void filter() {
        GrpcStream<?, SubscribeTopicResponse> stream =
                subscribe(state().addKeys("EUR*").setMaxMessageBytes(100));
        Shown shown = new Shown();
        shown.until(stream, Map.of("EURUSD", 1, "EURCHF", 2));
        publish("BTCUSD", 33); // is left out
        text = "x".repeat(100);
        publish("EURCHF", 22);
        Event event = event(stream);
        assertEquals("EURCHF", event.getKey());
        assertTrue(event.getWithheld() > 100, event::toString);
        text = "";
        publish("EURUSD", 11);
        assertEquals("EURUSD", event(stream).getKey());
    }

    @Test
    @DisplayName("after a gap the client is told, keeps what it has, and gets what differs in brackets of their own")
    void gap() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(state());
        Shown shown = new Shown();
        shown.until(stream, now());
        put("EURUSD", 111); // nobody publishes it
        miss();
        SubscribeTopicResponse expired = is(ContentCase.CURSOR_EXPIRED, stream.next());
        SubscribeTopicResponse start = is(ContentCase.SNAPSHOT_START, stream.next());
        assertFalse(start.getSnapshotStart().getComplete());
        shown.take(expired);
        shown.take(start);
        shown.until(stream, now());
        assertFalse(shown.stale);
        assertEquals(2, shown.brackets);
        assertEquals(4, shown.events, "the one that differs");
    }

    @Test
    @DisplayName("stateC3: who is slow gets the newest row of each key, in brackets, and never expires")
    void slow() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(4, state());
        Shown shown = new Shown();
        shown.until(stream, now());
        text = "x".repeat(10_000);
        List<String> keys = new ArrayList<>(now().keySet());
        int published = 1_000; // more than the ring, and what sockets and flow control hold
        for (int i = 0; i < published; i++) {
            publishAndReach(keys.get(i % keys.size()), i);
        }
        stream.call.request(Integer.MAX_VALUE);
        shown.until(stream, now());
        assertEquals(0, shown.expired);
        assertTrue(shown.brackets > 1, "what came meanwhile is one step");
        assertTrue(shown.events < published / 2, "and not each of them");
    }

    @Test
    @DisplayName(
            "stateC1: who comes back with a token of a state, of any protocol, gets all rows, and never less than it has seen")
    void waits() {
        GrpcStream<?, SubscribeTopicResponse> first = subscribe(state());
        Shown before = new Shown();
        before.until(first, now());
        Position position = publish("EURUSD", 5);
        before.until(first, now());
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        socket.subscribe("prices", "\"state\":true,\"from\":\"" + before.token + "\"");
        assertTrue(socket.await("snapshot_start").path("complete").asBoolean());

        GrpcStream<?, SubscribeTopicResponse> stream =
                subscribe(state().setFrom(ahead(position, 2).toString()));
        TestGateway.await(() -> subscriptions() == 3);
        assertTrue(stream.isEmpty());
        publish("EURUSD", 6);
        publish("EURUSD", 7);
        Shown shown = new Shown();
        do {
            shown.take(stream.next());
        } while (shown.brackets == 0);
        assertEquals(7, shown.prices.get("EURUSD"));
    }

    /** How many clients have subscribed, whether they have got anything or not. */
    private int subscriptions() {
        int subscribed = 0;
        for (JsonNode client :
                TestGateway.json(gateway.get("/api/status").body()).at("/gateway/clients")) {
            subscribed += client.path("topics").size();
        }
        return subscribed;
    }

    @Test
    @DisplayName("stateC1: a gateway that is behind what the client has seen says so after state-timeout")
    void behind() {
        Position position = publish("EURUSD", 5);
        TestGateway.get(table.reached(position));
        GrpcStream<?, SubscribeTopicResponse> stream =
                subscribe(state().setFrom(ahead(position, 2).toString()));
        assertEquals(Status.Code.UNAVAILABLE, stream.status());
        assertEquals("behind", stream.trailer("gapless-code"));
        assertTrue(Long.parseLong(stream.trailer("grpc-retry-pushback-ms")) >= 1_000);
        assertTrue(stream.isEmpty());
    }

    private void assertRefused(Status.Code status, String code, SubscribeTopicRequest.Builder request) {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(request);
        assertEquals(status, stream.status(), request::toString);
        assertEquals(code, stream.trailer("gapless-code"));
    }

    @Test
    @DisplayName("a topic without a table has no state; a state has no nodes, no lag, and begins now")
    void refused() {
        assertRefused(Status.Code.FAILED_PRECONDITION, "no_table", state().setTopic("other"));
        assertRefused(Status.Code.INVALID_ARGUMENT, "bad_filter", state().addNodes("n1"));
        assertRefused(Status.Code.INVALID_ARGUMENT, "bad_token", state().setFrom("earliest"));
        assertRefused(Status.Code.INVALID_ARGUMENT, "bad_message", state().setOnLag(OnLag.ON_LAG_CLOSE));
    }

    @Test
    @DisplayName("when its table closes the stream ends, and says why")
    void closed() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(state());
        new Shown().until(stream, now());
        table.close();
        SubscribeTopicResponse ended = is(ContentCase.ENDED, stream.next());
        assertEquals("FAILED", ended.getEnded().getReason());
        assertTrue(ended.getEnded().getMessage().contains("closed"), ended::toString);
        assertEquals(Status.Code.OK, stream.status());
        assertRefused(Status.Code.FAILED_PRECONDITION, "refused", state());
    }

    @Test
    @DisplayName("a gateway that stops says so")
    void stops() {
        GrpcStream<?, SubscribeTopicResponse> stream = subscribe(state());
        new Shown().until(stream, now());
        gateway.gateway().stop();
        assertEquals(Status.Code.UNAVAILABLE, stream.status());
    }
}
