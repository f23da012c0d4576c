package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Topic;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a WebSocket is given, over a real socket. */
@Timeout(120)
class WebSocketTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "gapless { node-name = n1, topics { small { buffer-messages = 64, buffer-bytes = 64 KiB }, told { buffer-messages = 64, buffer-bytes = 64 KiB, overflow = expire } } }");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static void publish(String topic, int from, int to) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        for (int i = from; i <= to; i++) {
            TestGateway.get(producer.publish("k" + i % 3, IntNode.valueOf(i)));
        }
    }

    private static List<Integer> numbers(List<JsonNode> events) {
        return events.stream().map(event -> event.get("data").intValue()).toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void whatIsPostedReachesASubscriber() {
        JsonSocket client = gateway.webSocket();
        JsonNode connected = client.await("connected");
        assertEquals("n1", connected.at("/data/node").textValue());
        HttpResponse<String> named = gateway.publish("named", "1");
        assertEquals(
                named.headers().firstValue("Gapless-Gateway").orElseThrow(),
                connected.at("/data/gateway").textValue());
        JsonNode subscribed = client.subscribe("posted", "");
        assertEquals("[]", subscribed.get("silent").toString());
        assertNotNull(subscribed.get("token").textValue());
        assertEquals(
                200,
                gateway.post(TestGateway.path("posted", "messages") + "?key=a%20b", "application/json", "{\"x\":1.50}")
                        .statusCode());
        JsonNode event = client.await("event");
        assertEquals("posted", event.get("topic").textValue());
        assertEquals("n1", event.get("node").textValue());
        assertEquals(1, event.get("seq").intValue());
        assertEquals("a b", event.get("key").textValue());
        assertEquals("{\"x\":1.50}", event.get("data").toString().replace("1.5}", "1.50}"));
        assertFalse(event.has("headers"));
    }

    @Test
    void rowJ1_allNodesAndAFilterThatChangesLoseAndRepeatNothing() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("filters", "\"filter\":{\"type\":\"All\"}");
        publish("filters", 1, 6);
        assertEquals(range(1, 6), numbers(client.events(6)));
        client.subscribe("filters", "\"filter\":{\"type\":\"Keys\",\"keys\":[\"k1\"]}");
        publish("filters", 7, 12);
        assertEquals(List.of(7, 10), numbers(client.events(2)));
        client.subscribe("filters", "\"filter\":{\"type\":\"Nodes\",\"node_ids\":[\"n2\"]}");
        publish("filters", 13, 15);
        client.send("{\"type\":\"Ping\"}");
        client.await("pong");
        JsonNode changed = client.subscribe("filters", "\"filter\":{\"type\":\"Nodes\",\"node_ids\":[\"*\"]}");
        publish("filters", 16, 18);
        int place = changed.at("/positions/0/seq").intValue();
        assertTrue(place >= 12, changed::toString);
        assertEquals(
                range(place + 1, 18), numbers(client.events(18 - place)), "whatever is behind the place of the change");
        client.subscribe("filters", "\"filter\":{\"nodes\":[\"n1\"],\"keys\":[\"k*\"]}");
        publish("filters", 19, 19);
        assertEquals(List.of(19), numbers(client.events(1)));
        client.send("{\"type\":\"Unsubscribe\",\"topic\":\"filters\"}");
        client.await("unsubscribed");
        publish("filters", 20, 20);
        client.send("{\"type\":\"Ping\"}");
        client.await("pong");
    }

    @Test
    void rowJ1_aSecondSubscribeHasNoFrom() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("twice", "");
        client.send("{\"type\":\"Subscribe\",\"topic\":\"twice\",\"from\":\"earliest\"}");
        assertEquals("from_not_allowed", client.await("error").get("code").textValue());
    }

    @Test
    void rowJ2_whatWaitsComesInBatchesOfAtMostAHundredAndASingleEventIsNotWrapped() {
        publish("batches", 1, 1_000);
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("batches", "\"from\":\"earliest\"");
        assertEquals(range(1, 1_000), numbers(client.events(1_000)));
        assertEquals(100, client.largestBatch);
        assertTrue(client.lastBatch.get("timestamp").textValue().endsWith("Z"));
        publish("batches", 1_001, 1_001);
        int before = client.largestBatch;
        client.largestBatch = 0;
        assertEquals(List.of(1_001), numbers(client.events(1)));
        assertEquals(0, client.largestBatch, "wrapped, after " + before);
    }

    @Test
    void eachTopicHasItsTurn() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        List<String> topics = List.of("turns-a", "turns-b", "turns-c");
        topics.forEach(topic -> client.subscribe(topic, ""));
        for (String topic : topics) {
            publish(topic, 1, 1);
            assertEquals(topic, client.await("event").get("topic").textValue());
        }
    }

    /** Nothing is published behind it that would wake the client. */
    @Test
    void whatAFilterPassesOverHoldsNothingUp() {
        publish("passed", 1, 5_000);
        TestGateway.get(gateway.gapless()
                .producer(Topic.of("passed", JsonNode.class))
                .publish("wanted", IntNode.valueOf(5_001)));
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("passed", "\"from\":\"earliest\",\"filter\":{\"type\":\"Keys\",\"keys\":[\"wanted\"]}");
        assertEquals(List.of(5_001), numbers(client.events(1)));
    }

    @Test
    void aBatchsTokenResumesBehindIt() {
        publish("resumed", 1, 200);
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("resumed", "\"from\":\"earliest\"");
        List<Integer> first = numbers(client.events(200));
        assertEquals(range(1, 200), first);
        String token = client.lastBatch.get("token").textValue();
        publish("resumed", 201, 210);
        JsonSocket second = gateway.webSocket();
        second.await("connected");
        second.subscribe("resumed", "\"from\":\"" + token + "\"");
        assertEquals(range(201, 210), numbers(second.events(10)));
    }

    @Test
    void ownPositionsResumeWhereverATokenDoes() {
        publish("open", 1, 5);
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("open", "\"from\":\"earliest\"");
        JsonNode third = client.events(3).get(2);
        String position = "{\"node\":\"n1\",\"epoch\":\"" + third.get("epoch").textValue() + "\",\"seq\":"
                + third.get("seq") + "}";
        JsonSocket second = gateway.webSocket();
        second.await("connected");
        second.subscribe(
                "open",
                "\"from\":{\"positions\":[" + position
                        + ",{\"node\":\"n9\",\"epoch\":\"0000000000000009\",\"seq\":null}]}");
        assertEquals(List.of(4, 5), numbers(second.events(2)));
    }

    @Test
    void aWebSocketPublishes() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("own", "");
        client.send("{\"type\":\"Publish\",\"topic\":\"own\",\"key\":\"k\",\"data\":{\"a\":[1]},\"id\":7}");
        JsonNode one = client.next();
        JsonNode two = client.next();
        boolean inOrder = one.get("type").textValue().equals("published");
        JsonNode published = inOrder ? one : two;
        assertEquals(7, published.get("id").intValue());
        assertEquals(1, published.at("/position/seq").intValue());
        JsonNode event = inOrder ? two : one;
        assertEquals("{\"a\":[1]}", event.get("data").toString());
        client.send("{\"type\":\"Publish\",\"topic\":\"own\",\"key\":\"k\",\"deleted\":true}");
        JsonNode three = client.next();
        JsonNode tombstone = three.get("type").textValue().equals("event") ? three : client.next();
        assertTrue(tombstone.get("deleted").booleanValue());
        assertFalse(tombstone.has("data"));
    }

    @Test
    void rowJ8_aPingIsAnsweredWithCounters() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("pings", "");
        publish("pings", 1, 3);
        client.events(3);
        client.send("{\"type\":\"Ping\"}");
        JsonNode pong = client.await("pong");
        assertEquals(3, pong.get("events_sent").intValue());
        assertEquals(0, pong.get("lag").intValue());
        assertEquals(0, pong.get("lagged_total").intValue());
        assertTrue(pong.get("uptime_ms").isIntegralNumber());
    }

    @Test
    void rowB4_largeMessagesAreWithheldFromWhoDoesNotWantThem() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("large", "\"max_message_bytes\":10");
        gateway.publish("large", "\"0123456789abcdef\"");
        gateway.publish("large", "1");
        JsonNode withheld = client.await("withheld");
        assertEquals(1, withheld.get("seq").intValue());
        assertEquals(18, withheld.get("bytes").intValue());
        assertTrue(withheld.get("key").isNull());
        assertEquals(List.of(1), numbers(client.events(1)));
    }

    @Test
    void rowT3_theLogOfALagNamesTopicKeysSequencesAndClient() {
        JsonSocket client = gateway.webSocket();
        long number = client.await("connected").at("/data/client").longValue();
        client.subscribe("told", "");
        publish("told", 1, 1);
        assertEquals(List.of(1), numbers(client.events(1)));
        try (LogLines log = new LogLines()) {
            client.hold();
            var producer = gateway.gapless().producer(Topic.of("told", JsonNode.class));
            for (int i = 0; i < 3_000; i++) { // more than sockets hold
                TestGateway.get(producer.publish("key-" + i, TextNode.valueOf("x".repeat(10_000))));
            }
            client.goOn();
            JsonNode message = client.next();
            while (message.get("type").textValue().equals("event")) {
                message = client.next();
            }
            assertEquals("cursor_expired", message.get("type").textValue());
            long first = message.at("/gaps/0/first_missing").longValue();
            String what = "of client " + number + " (websocket, 127.0.0.1:";
            TestGateway.await(() -> log.all().stream()
                    .anyMatch(line -> line.contains("Topic told: ")
                            && line.contains(what)
                            && line.contains("sequences " + first + " to ")
                            && line.contains("keys behind \"k")));
        }
    }

    @Test
    void lagIsSilent_rowJ3_whatTheRingOvertookIsToldInItsPlaceAndCounted() {
        publish("small", 1, 40);
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("small", "\"from\":\"earliest\"");
        JsonNode fortieth = client.events(40).get(39);
        String position =
                "{\"node\":\"n1\",\"epoch\":\"" + fortieth.get("epoch").textValue() + "\",\"seq\":40}";
        publish("small", 41, 299);
        int delivered = gateway.publishUntilDelivered("small", 300);
        JsonSocket late = gateway.webSocket();
        late.await("connected");
        late.subscribe("small", "\"from\":{\"positions\":[" + position + "]}");
        JsonNode expired = late.await("cursor_expired");
        JsonNode gap = expired.at("/gaps/0");
        assertEquals("n1", gap.get("node").textValue());
        assertEquals("OVERRUN", gap.get("reason").textValue());
        assertEquals(41, gap.get("first_missing").intValue());
        int resumes = gap.get("resumes_at").intValue();
        assertEquals(resumes, 41 + gap.get("missed").intValue());
        // with all of it, before more overwrites what it has yet to get
        assertEquals(range(resumes, delivered), numbers(late.events(delivered - resumes + 1)));
        publish("small", delivered + 1, delivered + 10);
        assertEquals(range(delivered + 1, delivered + 10), numbers(late.events(10)));
        late.send("{\"type\":\"Ping\"}");
        assertEquals(
                gap.get("missed").longValue(),
                late.await("pong").get("lagged_total").longValue());
    }

    @Test
    void rowB3_aTimeInTheFutureIsLiveAndOneInThePastBeginsThere() {
        publish("times", 1, 3);
        JsonSocket past = gateway.webSocket();
        past.await("connected");
        past.subscribe("times", "\"from\":\"2020-01-01T00:00:00Z\"");
        assertEquals(range(1, 3), numbers(past.events(3)));
        JsonSocket future = gateway.webSocket();
        future.await("connected");
        future.subscribe("times", "\"from\":\"2999-01-01T00:00:00+01:00\"");
        publish("times", 4, 4);
        assertEquals(List.of(4), numbers(future.events(1)));
    }

    @Test
    @Tag("seconds")
    void cutoverReorder_cutoverDrop_rowB1_clientsThatJoinUnderLoadGetEverythingOnceAndInOrder() throws Exception {
        int last = 20_000;
        Thread publisher = new Thread(() -> publish("cutover", 1, last));
        publisher.start();
        List<JsonSocket> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("cutover", "\"from\":\"earliest\"");
            clients.add(client);
        }
        publisher.join();
        for (JsonSocket client : clients) {
            assertEquals(range(1, last), numbers(client.events(last)));
            client.close();
        }
    }
}
