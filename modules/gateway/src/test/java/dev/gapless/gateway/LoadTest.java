package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients, much to do for one of them, or nothing. */
@Timeout(120)
class LoadTest {
    private static final String DISPATCHER = "gapless.gateway.default-dispatcher";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless {
                  node-name = n1
                  topics.filtered { buffer-messages = 64 }
                  # who is only told does not wait for it
                  topics.full { buffer-messages = 1000, reload-interval = 300s }
                  gateway { write-timeout = 1s, ping-interval = 60s }
                }
                """);
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static JsonSocket subscribed(String topic, String further) {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe(topic, further);
        return client;
    }

    /** How often threads of the gateway had nothing to do, of all time. */
    private static long waits() {
        return Stream.of(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().contains(DISPATCHER))
                .mapToLong(ThreadInfo::getWaitedCount)
                .sum();
    }

    @Test
    void rowJ4_clientsThatHaveNothingToTakeWakeNobody() throws Exception {
        for (int i = 0; i < 100; i++) {
            subscribed("idle", "");
        }
        gateway.publish("idle", "1"); // all have gone through a turn
        long before = waits();
        assertTrue(before > 0, "no thread is called " + DISPATCHER);
        Thread.sleep(3_000); // what is to happen is nothing
        long woken = waits() - before;
        assertTrue(woken < 100, () -> woken + " times a thread had something to do, for 100 idle clients");
    }

    @Test
    void rowJ6_clientsAreServedWhileTheirNodePublishesAsFastAsItCan() throws Exception {
        List<JsonSocket> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            clients.add(subscribed("full", ""));
        }
        int told = 0;
        AtomicBoolean enough = new AtomicBoolean();
        var producer = gateway.gapless().producer(Topic.of("full", JsonNode.class));
        Thread publisher = new Thread(() -> {
            for (int i = 1; !enough.get(); i++) {
                producer.send(IntNode.valueOf(i));
            }
        });
        publisher.start();
        try {
            for (JsonSocket client : clients) {
                Map<Long, Long> next = new HashMap<>();
                for (int i = 0; i < 20_000; i++) {
                    JsonNode event = client.next();
                    long sequence = event.path("seq").longValue();
                    if (event.get("type").textValue().equals("cursor_expired")) {
                        next.put(0L, event.at("/gaps/0/resumes_at").longValue());
                        told++;
                    } else {
                        assertEquals(next.getOrDefault(0L, sequence), sequence, event::toString);
                        next.put(0L, sequence + 1);
                    }
                }
            }
            assertTrue(publisher.isAlive(), "it still publishes");
            int gaps = told;
            assertTrue(gaps > 20, () -> "they were overtaken " + gaps + " times");
        } finally {
            enough.set(true);
            publisher.join();
            clients.forEach(JsonSocket::close);
        }
    }

    @Test
    void rowB6_whoeverWantsLittleOfAlotKeepsUpByReadingPastIt() {
        JsonSocket client = subscribed("filtered", "\"filter\":{\"type\":\"Keys\",\"keys\":[\"rare\"]}");
        var producer = gateway.gapless().producer(Topic.of("filtered", JsonNode.class));
        String path = TestGateway.path("filtered", "messages") + "?key=often&wait=delivered";
        for (int round = 1; round <= 50; round++) { // many rings
            for (int i = 0; i < 31; i++) {
                producer.send("often", IntNode.valueOf(i));
            }
            assertEquals(200, gateway.post(path, "application/json", "1").statusCode());
            client.send("{\"type\":\"Ping\"}");
            JsonNode pong = client.await("pong"); // and no cursor_expired
            assertEquals(0, pong.get("events_sent").intValue());
        }
        TestGateway.get(producer.publish("rare", IntNode.valueOf(7)));
        JsonNode event = client.await("event");
        assertEquals(7, event.get("data").intValue());
        assertEquals(50 * 32 + 1, event.get("seq").intValue());
    }

    @Test
    void aFilterThatIsChangedAThousandTimesLosesAndRepeatsNothing() throws Exception {
        JsonSocket client = subscribed("changed", "");
        int count = 3_000;
        Thread publisher = new Thread(() -> {
            var producer = gateway.gapless().producer(Topic.of("changed", JsonNode.class));
            IntStream.rangeClosed(1, count).forEach(i -> producer.send("k" + i % 2, IntNode.valueOf(i)));
        });
        publisher.start();
        int changes = 1_000;
        for (int i = 0; i < changes; i++) {
            String filter = i % 2 == 0 ? "{\"type\":\"All\"}" : "{\"type\":\"Keys\",\"keys\":[\"k*\"]}";
            client.send("{\"type\":\"Subscribe\",\"topic\":\"changed\",\"filter\":" + filter + "}");
        }
        int answered = 0;
        int expected = 1;
        while (answered < changes || expected <= count) {
            JsonNode message = client.next();
            if (message.get("type").textValue().equals("subscribed")) {
                answered++;
            } else {
                assertEquals("event", message.get("type").textValue());
                assertEquals(expected++, message.get("data").intValue());
            }
        }
        publisher.join();
    }

    @Test
    void aTokenOfTenThousandProducersIsRefusedAndOneOfAThousandIsTaken() {
        TestGateway.get(
                gateway.gapless().producer(Topic.of("crowded", JsonNode.class)).publish(IntNode.valueOf(1)));
        JsonSocket other = subscribed("crowded", "\"from\":\"earliest\"");
        JsonNode first = other.await("event");
        String cluster =
                gateway.webSocket().await("connected").at("/data/cluster").textValue();
        JsonSocket refused = gateway.webSocket();
        refused.await("connected");
        refused.send(resume(cluster, first, 9_999));
        JsonNode error = refused.await("error");
        assertEquals("bad_token", error.get("code").textValue());
        assertTrue(error.get("message").textValue().contains("1000 producers"), error::toString);
        refused.send("{\"type\":\"Ping\"}");
        refused.await("pong");

        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.send(resume(cluster, first, 999));
        client.await("subscribed");
        assertEquals(200, gateway.publish("crowded", "2").statusCode());
        assertEquals(2, other.await("event").get("seq").intValue());
        JsonNode next = client.next();
        while (!next.get("type").textValue().equals("event")) { // of the others, which are gone
            assertEquals("cursor_expired", next.get("type").textValue());
            next = client.next();
        }
        assertEquals(2, next.get("seq").intValue());
    }

    /** Behind the first message of n1, with so many other producers. */
    private static String resume(String cluster, JsonNode first, int others) {
        Map<String, Position> positions = new HashMap<>();
        for (int i = 1; i <= others; i++) {
            positions.put("tool-" + i, new Position(new Epoch(i), i));
        }
        positions.put("n1", new Position(Epoch.parse(first.get("epoch").textValue()), 1));
        String token = new CursorToken("crowded", cluster, System.currentTimeMillis(), positions).toString();
        return "{\"type\":\"Subscribe\",\"topic\":\"crowded\",\"from\":\"" + token + "\"}";
    }
}
