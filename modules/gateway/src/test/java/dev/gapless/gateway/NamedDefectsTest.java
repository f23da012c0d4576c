package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Defects of the systems that Gapless learns from, as a client of the gateway would see them. */
@Timeout(120)
class NamedDefectsTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless {
                  node-name = n1
                  topics {
                    hundred { buffer-messages = 100 }
                    snapshot { buffer-messages = 64 }
                  }
                }
                """);
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static String publish(String topic, int from, int to) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        String epoch = "";
        for (int i = from; i <= to; i++) {
            epoch = TestGateway.get(producer.publish(IntNode.valueOf(i)))
                    .epoch()
                    .toString();
        }
        return epoch;
    }

    @Test
    void silentGapOverwriteDuringFlush_whatAThousandPublishesAtOnceBringIsDeliveredOrAnnounced() throws Exception {
        int publishers = 16;
        int each = 250;
        long last = 4_000;
        JsonSocket client = gateway.client();
        JsonNode subscribed = client.subscribe("hundred", "");
        List<Thread> threads = new ArrayList<>();
        var producer = gateway.gapless().producer(Topic.of("hundred", JsonNode.class));
        for (int i = 0; i < publishers; i++) {
            Thread thread = new Thread(() -> {
                for (int k = 0; k < each; k++) {
                    TestGateway.get(producer.publish(IntNode.valueOf(k)));
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long next = subscribed.at("/positions/0/seq").longValue() + 1;
        while (next <= last) {
            JsonNode message = client.next();
            if (message.get("type").textValue().equals("event")) {
                assertEquals(next, message.get("seq").longValue());
                next++;
            } else {
                JsonNode gap = message.at("/gaps/0");
                assertEquals(next, gap.get("first_missing").longValue(), message::toString);
                next = gap.get("resumes_at").longValue();
                assertEquals(
                        gap.get("first_missing").longValue() + gap.get("missed").longValue(), next);
            }
        }
        assertEquals(last + 1, next);
    }

    @Test
    void coldReplayCollapse_broadcastReorder_manyWhoBeginAtTheEarliestAtOnceGetEverythingOnceAndInOrder() {
        publish("cold", 1, 2_000);
        List<JsonSocket> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(gateway.client());
        }
        clients.forEach(client -> client.send("{\"type\":\"Subscribe\",\"topic\":\"cold\",\"from\":\"earliest\"}"));
        publish("cold", 2_001, 2_200);
        List<Integer> all = IntStream.rangeClosed(1, 2_200).boxed().toList();
        for (JsonSocket client : clients) {
            client.await("subscribed");
            assertEquals(
                    all,
                    client.events(2_200).stream()
                            .map(event -> event.get("data").intValue())
                            .toList());
            client.close();
        }
    }

    @Test
    void snapshotThenLag_whoIsOvertakenAgainWhileItLoadsIsToldAgainBehindResume() {
        String epoch = publish("snapshot", 1, 300);
        JsonSocket client = gateway.client();
        client.subscribe(
                "snapshot",
                "\"on_lag\":\"pause\",\"from\":{\"positions\":[{\"node\":\"n1\",\"epoch\":\"" + epoch
                        + "\",\"seq\":1}]}");
        JsonNode first = client.await("cursor_expired").at("/gaps/0");
        assertEquals(2, first.get("first_missing").intValue());
        var producer = gateway.gapless().producer(Topic.of("snapshot", JsonNode.class));
        JsonNode large = TextNode.valueOf("x".repeat(10_000));
        for (int i = 0; i < 1_000; i++) { // more than what was read for the client already
            TestGateway.get(producer.publish(large));
        }
        client.send("{\"type\":\"Resume\",\"topic\":\"snapshot\"}");
        long next = first.get("resumes_at").longValue();
        JsonNode message = client.next();
        while (message.get("type").textValue().equals("event")) {
            assertEquals(next, message.get("seq").longValue());
            next++;
            message = client.next();
        }
        assertEquals("cursor_expired", message.get("type").textValue());
        JsonNode second = message.at("/gaps/0");
        assertEquals(next, second.get("first_missing").longValue(), "in its place");
        client.send("{\"type\":\"Resume\",\"topic\":\"snapshot\"}");
        if (second.get("resumes_at").longValue() > 1_300) { // else the ring has it, and one more might overwrite it
            publish("snapshot", 1, 1);
        }
        assertEquals(second.get("resumes_at"), client.await("event").get("seq"));
    }

    @Test
    void rowJ8_aClientThatAnswersNoPingLearnsWhyItIsClosed() {
        try (TestGateway pings = TestGateway.start("gapless.gateway.ping-interval = 1s");
                RawSocket mute = new RawSocket(pings.gateway().port())) {
            String all = mute.send(RawSocket.UPGRADE).readAll();
            String status = new String(new byte[] {4410 >> 8, (byte) 4410}, StandardCharsets.ISO_8859_1);
            assertTrue(all.contains(status + "three pings in a row were not answered"), all);
        }
    }
}
