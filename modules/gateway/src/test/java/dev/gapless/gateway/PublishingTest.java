package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.NodeStatus;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What POST does, over a real socket. */
@Timeout(120)
class PublishingTest {
    /** A message with a class. */
    record Quote(String pair, double rate) {}

    /** One with messages within it. */
    record Order(List<Quote> legs, Side side) {}

    enum Side {
        BUY,
        SELL
    }

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                """
                gapless {
                  node-name = n1
                  topics.full { buffer-messages = 8, overflow = backpressure, backpressure-timeout = 60s, max-pending-publishes = 1 }
                  topics.in-part.buffer-messages = 1
                  topics.slow { buffer-messages = 8, overflow = backpressure, backpressure-timeout = 60s }
                  gateway { max-body-bytes = 200 KiB, idempotency-keys = 3 }
                }
                pekko.actor.serialization-bindings {
                  "dev.gapless.gateway.PublishingTest$Quote" = jackson-cbor
                  "dev.gapless.gateway.PublishingTest$Order" = jackson-json
                }
                """,
                Topic.of("quotes", Quote.class),
                Topic.of("orders", Order.class),
                Topic.of("numbers", Integer.class));
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static HttpResponse<String> lines(String topic, String query, String body, String... headers) {
        return gateway.post(TestGateway.path(topic, "messages") + query, "application/x-ndjson", body, headers);
    }

    private static String code(HttpResponse<String> answer) {
        assertEquals(
                "application/problem+json",
                answer.headers().firstValue("Content-Type").orElse(""),
                answer.body());
        assertEquals(
                answer.statusCode(),
                TestGateway.json(answer.body()).get("status").intValue());
        return TestGateway.json(answer.body()).get("type").textValue().replace("urn:gapless:", "");
    }

    /** Pekko's serializer compresses what is large. */
    private static String incompressible(int bytes) {
        byte[] random = new byte[bytes];
        new Random(1).nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    /**
     * A gateway, and a consumer at another node that takes nothing before it is let. The ring of the gateway's node overwrites what is not
     * read; the feed of the consumer's node takes no more than is read there.
     */
    private static final class HeldConsumer implements MessageHandler<JsonNode>, AutoCloseable {
        final CompletableFuture<Void> open = new CompletableFuture<>();
        final List<Integer> got = new CopyOnWriteArrayList<>();
        final List<CursorExpired<JsonNode>> gaps = new CopyOnWriteArrayList<>();
        final TestGateway gateway;
        private final TestGateway consuming;

        /** Of this topic; the nodes are called by it. */
        HeldConsumer(String topic) {
            gateway = TestGateway.start(settings(topic, 1, "expire"));
            consuming = TestGateway.join(gateway, settings(topic, 2, "backpressure"));
            TestGateway.get(consuming
                    .gapless()
                    .subscribe(Topic.of(topic, JsonNode.class), StartFrom.latest(), this)
                    .ready());
        }

        private static String settings(String topic, int node, String overflow) {
            return String.format(Locale.ROOT, """
                    gapless {
                      node-name = %1$s%2$d
                      topics.%1$s { buffer-messages = 100, overflow = %3$s, backpressure-timeout = 60s }
                    }
                    """, topic, node, overflow);
        }

        @Override
        public void onMessage(Delivery<JsonNode> delivery) {
            open.join();
            got.add(delivery.message().intValue());
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<JsonNode> expired) {
            gaps.add(expired);
            return CompletableFuture.completedFuture(Reload.done());
        }

        @Override
        public void close() {
            open.complete(null);
            consuming.close();
            gateway.close();
        }
    }

    @Test
    @Tag("seconds")
    void requestsWithBackpressureAreReadNoFasterThanConsumersTake() {
        try (HeldConsumer consumer = new HeldConsumer("paced")) {
            TestGateway one = consumer.gateway;
            // Each has less than the part of the ring that may wait for consumers.
            CompletableFuture<List<Integer>> answers = CompletableFuture.supplyAsync(() -> IntStream.range(0, 50)
                    .mapToObj(request -> IntStream.rangeClosed(1, 20)
                            .mapToObj(i -> "{\"data\":" + (request * 20 + i) + "}\n")
                            .collect(Collectors.joining()))
                    .map(body -> one.post(
                                    TestGateway.path("paced", "messages") + "?overflow=backpressure",
                                    "application/x-ndjson",
                                    body)
                            .statusCode())
                    .distinct()
                    .toList());
            assertTrue(whereItStandsStill(one) <= 300, () -> "published " + published(one));
            assertFalse(answers.isDone());
            consumer.open.complete(null);
            assertEquals(List.of(200), TestGateway.get(answers));
            TestGateway.await(() -> consumer.got.size() >= 1_000);
            assertEquals(IntStream.rangeClosed(1, 1_000).boxed().toList(), consumer.got);
            assertEquals(List.of(), consumer.gaps);
        }
        assertEquals("bad_message", code(lines("paced", "?overflow=maybe", "")));
    }

    /** The ring goes on past the consumer's node, which takes no more than its subscription reads, and acknowledges what is behind the gap. */
    @Test
    @Tag("seconds")
    void whatAConsumerWasExpiredPastIsNotDelivered() {
        try (HeldConsumer consumer = new HeldConsumer("missing")) {
            TestGateway one = consumer.gateway;
            String path = TestGateway.path("missing", "messages");
            String lines = IntStream.rangeClosed(1, 2_000)
                    .mapToObj(i -> "{\"data\":" + i + "}\n")
                    .collect(Collectors.joining());
            CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(
                    () -> one.post(path + "?wait=delivered", "application/x-ndjson", lines));
            TestGateway.await(() -> head(one, "missing") == 2_000);
            consumer.open.complete(null);
            JsonNode problem = notDelivered(TestGateway.get(answer));
            assertEquals(0, problem.get("waiting_for").size(), problem::toString);
            assertEquals(1, problem.get("missed_by").size(), problem::toString);
            assertEquals("missing2", problem.at("/missed_by/0/node").textValue());
            TestGateway.await(() -> consumer.got.size() + missed(consumer.gaps) == 2_000);
            long missed = missed(consumer.gaps);
            assertTrue(missed > 0);
            assertTrue(problem.at("/missed_by/0/missed").longValue() >= missed, problem::toString);
            assertEquals(
                    consumer.gaps.get(0).gaps().get(0).firstMissing(),
                    problem.at("/missed_by/0/first_missing").longValue());

            // What is published from now on is delivered, unless it is judged together with what came before.
            HttpResponse<String> next = one.post(path + "?wait=delivered", "application/x-ndjson", "{\"data\":1}");
            assertEquals(200, next.statusCode(), next.body());
            notDelivered(one.post(path + "?wait=delivered&since=1", "application/x-ndjson", "{\"data\":1}"));
        }
    }

    /** The consumer's node takes no more than its subscription reads, and that reads nothing. */
    @Test
    void whatIsAnsweredAsDeliveredIsAcknowledged() {
        String settings = """
                gapless {
                  node-name = early%d
                  topics.early { buffer-messages = 8, overflow = %s, backpressure-timeout = 60s }
                  gateway.delivery-timeout = 2s
                }
                """;
        try (TestGateway one = TestGateway.start(String.format(Locale.ROOT, settings, 1, "expire"));
                TestGateway two = TestGateway.join(one, String.format(Locale.ROOT, settings, 2, "backpressure"))) {
            CompletableFuture<Void> open = new CompletableFuture<>();
            TestGateway.get(two.gapless()
                    .subscribe(Topic.of("early", JsonNode.class), StartFrom.latest(), new MessageHandler<>() {
                        @Override
                        public void onMessage(Delivery<JsonNode> delivery) {
                            open.join();
                        }

                        @Override
                        public CompletionStage<Reload> onCursorExpired(CursorExpired<JsonNode> expired) {
                            return CompletableFuture.completedFuture(Reload.done());
                        }
                    })
                    .ready());
            int delivered = 0;
            HttpResponse<String> answer;
            do {
                assertTrue(acknowledged(one) >= delivered, "answered before " + delivered + " was acknowledged");
                answer = one.post(TestGateway.path("early", "messages") + "?wait=delivered", "application/json", "1");
                delivered++;
            } while (answer.statusCode() == 200);
            notDelivered(answer);
            assertTrue(delivered > 1, "nothing was delivered");
            open.complete(null);
        }
    }

    @Test
    void whatAnotherNodeHoldsIsAnsweredWithItsName() {
        String settings = "gapless { node-name = held%d, gateway.delivery-timeout = 2s }";
        try (TestGateway one = TestGateway.start(String.format(Locale.ROOT, settings, 1));
                TestGateway two = TestGateway.join(one, String.format(Locale.ROOT, settings, 2))) {
            JsonSocket client = two.webSocket();
            client.await("connected");
            client.subscribe("held", "");
            String path = TestGateway.path("held", "messages");
            HttpResponse<String> held =
                    one.post(path + "?wait=held:1", "application/x-ndjson", "{\"data\":1}\n{\"data\":2}");
            assertEquals(200, held.statusCode(), held.body());
            assertEquals(2, TestGateway.json(held.body()).get("count").intValue());
            assertEquals(
                    "[\"held2\"]", TestGateway.json(held.body()).get("held_by").toString());
            HttpResponse<String> tooMany = one.post(path + "?wait=held:2", "application/json", "3");
            assertEquals(504, tooMany.statusCode(), tooMany.body());
            assertEquals("not_held", code(tooMany));
            JsonNode problem = TestGateway.json(tooMany.body());
            assertEquals("[\"held2\"]", problem.get("held_by").toString());
            assertEquals("{}", problem.get("lacking").toString());
            assertEquals(1, problem.get("accepted").intValue());
            for (String wrong : List.of("held:0", "held:", "held:-1", "held:1.5", "held", "held:9999999999")) {
                HttpResponse<String> refused = one.post(path + "?wait=" + wrong, "application/json", "4");
                assertEquals(400, refused.statusCode(), refused.body());
            }
            assertEquals(3, head(one, "held"), "nothing of what was refused was published");
        }
    }

    /** Up to which sequence the only consumer of the first node's topic has acknowledged. */
    private static long acknowledged(TestGateway at) {
        return TestGateway.get(at.gapless().status(Duration.ofSeconds(60))).stream()
                .filter(node -> node.node().equals("early1"))
                .flatMap(node -> node.topics().stream())
                .filter(topic -> topic.topic().equals("early") && topic.producer() != null)
                .flatMap(topic -> topic.producer().cursors().stream())
                .mapToLong(NodeStatus.CursorStatus::acked)
                .min()
                .orElse(0);
    }

    private static long missed(List<CursorExpired<JsonNode>> gaps) {
        return gaps.stream()
                .flatMap(gap -> gap.gaps().stream())
                .mapToLong(gap -> gap.missed())
                .sum();
    }

    private static JsonNode notDelivered(HttpResponse<String> answer) {
        assertEquals(504, answer.statusCode(), answer.body());
        assertEquals("not_delivered", code(answer));
        return TestGateway.json(answer.body());
    }

    /** The head that many answers in a row have told. */
    private static long whereItStandsStill(TestGateway at) {
        long[] last = new long[2];
        TestGateway.await(() -> {
            long now = published(at);
            last[1] = now == last[0] && now > 0 ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] == 50;
        });
        return last[0];
    }

    /** The head of the topic's log there. */
    private static long published(TestGateway at) {
        return head(at, "paced");
    }

    private static long head(TestGateway at, String name) {
        return TestGateway.get(at.gapless().status(Duration.ofSeconds(60))).stream()
                .filter(node -> node.node().equals(name + "1"))
                .flatMap(node -> node.topics().stream())
                .filter(topic -> topic.topic().equals(name) && topic.producer() != null)
                .mapToLong(topic -> topic.producer().head())
                .sum();
    }

    @Test
    void oneMessageHasOnePosition() {
        HttpResponse<String> answer = gateway.publish("one", "{\"a\":1}");
        assertEquals(200, answer.statusCode());
        JsonNode json = TestGateway.json(answer.body());
        assertEquals(1, json.get("count").intValue());
        assertEquals(1, json.at("/positions/0/seq").intValue());
        assertEquals(json.at("/positions/0"), json.at("/positions/1"));
        assertEquals("n1", json.at("/positions/0/node").textValue());
    }

    @Test
    void linesArePublishedInOrder() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("lines", "");
        String body = IntStream.rangeClosed(1, 5_000)
                .mapToObj(i -> "{\"key\":\"k" + i + "\",\"data\":" + i + ",\"headers\":{\"h\":\"v\"}}")
                .collect(Collectors.joining("\n"));
        HttpResponse<String> answer = lines("lines", "?wait=delivered", body + "\n\n{\"key\":\"k1\",\"deleted\":true}");
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(5_001, TestGateway.json(answer.body()).get("count").intValue());
        assertEquals(
                5_001, TestGateway.json(answer.body()).at("/positions/1/seq").intValue());
        List<JsonNode> events = client.events(5_001);
        for (int i = 0; i < 5_000; i++) {
            assertEquals(i + 1, events.get(i).get("data").intValue());
            assertEquals("k" + (i + 1), events.get(i).get("key").textValue());
            assertEquals("v", events.get(i).at("/headers/h").textValue());
        }
        assertTrue(events.get(5_000).get("deleted").booleanValue());
    }

    @Test
    void aMalformedLineEndsTheRequestWithWhatWasAcceptedBefore() {
        HttpResponse<String> answer = lines("malformed", "", "{\"data\":1}\n{\"data\":2}\n{\"data\":\n{\"data\":4}\n");
        assertEquals(400, answer.statusCode());
        assertEquals("bad_message", code(answer));
        JsonNode problem = TestGateway.json(answer.body());
        assertEquals(2, problem.get("accepted").intValue());
        assertEquals(3, problem.get("line").intValue());
        assertEquals(2, problem.at("/positions/1/seq").intValue());
    }

    @Test
    @Tag("seconds")
    void aLineIsReadWhenTheOneBeforeHasRoom() throws Exception {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("slow", "\"on_lag\":\"pause\"");
        client.hold();
        CompletableFuture<HttpResponse<String>> answer = gateway.http.sendAsync(
                HttpRequest.newBuilder(gateway.uri(TestGateway.path("slow", "messages")))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(IntStream.rangeClosed(1, 3_000)
                                .mapToObj(i -> "{\"data\":\"" + i + "-" + "x".repeat(10_000) + "\"}\n")
                                .collect(Collectors.joining())))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        TestGateway.await(PublishingTest::publishesOfSlowWait);
        assertFalse(answer.isDone(), "it waits for room");
        client.goOn();
        List<JsonNode> events = client.events(3_000);
        for (int i = 0; i < 3_000; i++) {
            assertTrue(events.get(i).get("data").textValue().startsWith(i + 1 + "-"));
        }
        assertEquals(200, answer.get().statusCode());
    }

    private static boolean publishesOfSlowWait() {
        return TestGateway.get(gateway.gapless().status(TestGateway.DEADLINE)).stream()
                .flatMap(node -> node.topics().stream())
                .filter(topic -> topic.topic().equals("slow"))
                .map(NodeStatus.TopicStatus::producer)
                .anyMatch(producer -> producer != null && producer.waitingPublishes() > 0);
    }

    @Test
    void aRepeatedKeyGetsTheFirstAnswer() {
        String[] key = {"Idempotency-Key", "first"};
        HttpResponse<String> first = gateway.post(TestGateway.path("again", "messages"), "application/json", "1", key);
        HttpResponse<String> second = gateway.post(TestGateway.path("again", "messages"), "application/json", "1", key);
        assertEquals(200, second.statusCode());
        assertEquals(first.body(), second.body());
        gateway.publish("again2", "1");
        HttpResponse<String> other = gateway.post(TestGateway.path("again2", "messages"), "application/json", "1", key);
        assertEquals(2, TestGateway.json(other.body()).at("/positions/0/seq").intValue(), "a key is of its topic");
        for (int i = 0; i < 3; i++) {
            gateway.post(
                    TestGateway.path("again", "messages"), "application/json", "1", "Idempotency-Key", "other" + i);
        }
        HttpResponse<String> forgotten =
                gateway.post(TestGateway.path("again", "messages"), "application/json", "1", key);
        assertEquals(first.body(), forgotten.body(), "the answer is forgotten, and the ring has the message");
        HttpResponse<String> reused = gateway.post(TestGateway.path("again", "messages"), "application/json", "2", key);
        assertEquals(422, reused.statusCode(), reused.body());
        assertEquals("key_reused", code(reused));
    }

    @Test
    @DisplayName("idempotencyKeyOtherBody: another body or query is another request, and nothing of it is published")
    void aKeyThatComesWithAnotherBodyOrQueryIsRefused() {
        String[] key = {"Idempotency-Key", "reused"};
        HttpResponse<String> first = lines("reused", "", "{\"data\":1}\n{\"data\":2}\n", key);
        assertEquals(200, first.statusCode());
        for (String body : List.of(
                "{\"data\":1}\n{\"data\":3}\n", "{\"data\":1}\n", "{\"data\":1}\n{\"data\":2}\n{\"data\":3}\n")) {
            HttpResponse<String> other = lines("reused", "", body, key);
            assertEquals(422, other.statusCode(), other.body());
            assertEquals("key_reused", code(other));
        }
        assertEquals(
                422,
                lines("reused", "?overflow=backpressure", "{\"data\":1}\n{\"data\":2}\n", key)
                        .statusCode());
        assertEquals(
                first.body(),
                lines("reused", "", "{\"data\":1}\n{\"data\":2}\n", key).body());
        assertEquals(first.body(), lines("reused", "", "", key).body(), "who asks what became of it");
        HttpResponse<String> next = gateway.publish("reused", "3");
        assertEquals(3, TestGateway.json(next.body()).at("/positions/0/seq").intValue());
    }

    @Test
    void aRequestThatWasTakenInPartAndComesAgainIsAnsweredAsBefore() {
        String[] key = {"Idempotency-Key", "in part"};
        String body = "{\"data\":1}\n{\"data\":2}\nno JSON\n{\"data\":4}\n";
        HttpResponse<String> first = lines("in-part", "", body, key);
        assertEquals(400, first.statusCode());
        assertEquals(2, TestGateway.json(first.body()).get("accepted").intValue());
        assertEquals(first.body(), lines("in-part", "", body, key).body());
        assertEquals(422, lines("in-part", "", body.replace("2", "3"), key).statusCode());
        HttpResponse<String> next = gateway.publish("in-part", "3");
        assertEquals(3, TestGateway.json(next.body()).at("/positions/0/seq").intValue());
    }

    @Test
    void theKeysOfABusyTopicDisplaceNoneOfAnother() {
        String quiet = TestGateway.path("quiet", "messages");
        String[] key = {"Idempotency-Key", "kept"};
        String first = gateway.post(quiet, "application/json", "1", key).body();
        for (int i = 0; i < 6; i++) {
            gateway.post(TestGateway.path("busy", "messages"), "application/json", "1", "Idempotency-Key", "" + i);
        }
        assertEquals(first, gateway.post(quiet, "application/json", "1", key).body());
    }

    @Test
    void aKeyOfARequestThatPublishedNothingIsFree() {
        String[] key = {"Idempotency-Key", "k"};
        String path = TestGateway.path("free", "messages");
        assertEquals(400, gateway.post(path, "application/json", "{", key).statusCode());
        assertEquals(200, gateway.post(path, "application/json", "{}", key).statusCode());
    }

    @Test
    void aTopicWithAClassTakesWhatFitsIt() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("quotes", "");
        assertEquals(
                200,
                gateway.publish("quotes", "{\"pair\":\"EURUSD\",\"rate\":1.25}").statusCode());
        JsonNode data = client.await("event").get("data");
        assertEquals("EURUSD", data.get("pair").textValue());
        assertEquals(1.25, data.get("rate").doubleValue());
        HttpResponse<String> misfit = gateway.publish("quotes", "{\"pair\":{}}");
        assertEquals(422, misfit.statusCode());
        assertEquals("does_not_fit", code(misfit));
        HttpResponse<String> notJson = gateway.publish("numbers", "1");
        assertEquals(409, notJson.statusCode(), notJson.body());
    }

    /** Clients do not write Java. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1                             | from Number value",
                "[]                            | from Array value",
                "\"x\"                         | from String value",
                "{'legs':{}}                   | at legs: ",
                "{'legs':[{'rate':1},7]}       | at legs[1]: ",
                "{'legs':[{},{'rate':'high'}]} | at legs[1].rate: ",
                "{'side':'HOLD'}               | BUY"
            })
    void whatDoesNotFitIsToldByItsPlaceAndWithoutTheFeaturesOfAParser(String json, String told) {
        HttpResponse<String> misfit = gateway.publish("orders", json.replace('\'', '"'));
        assertEquals(422, misfit.statusCode(), misfit.body());
        String detail = TestGateway.json(misfit.body()).get("detail").textValue();
        assertTrue(detail.contains(told), detail);
        for (String own : List.of("JsonToken", "Feature", "Creator", "Source:", "reference chain", "jackson", "null")) {
            assertFalse(detail.contains(own), detail);
        }
    }

    @Test
    void aTopicOfAnotherClassOnThisNodeIsRefused() {
        var unused = gateway.gapless().producer(Topic.of("typed", Quote.class));
        HttpResponse<String> answer = gateway.publish("typed", "{}");
        assertEquals(409, answer.statusCode());
        assertEquals("wrong_class", code(answer));
    }

    @Test
    void whatIsTooLargeIsRefused() {
        HttpResponse<String> body = gateway.publish("large", "\"" + "x".repeat(300_000) + "\"");
        assertEquals(413, body.statusCode());
        assertEquals("too_large", code(body));
        HttpResponse<String> message = gateway.publish("large", "\"" + incompressible(140_000) + "\"");
        assertEquals(413, message.statusCode());
        assertTrue(message.body().contains("gapless.max-message-bytes"), message.body());
        HttpResponse<String> line = lines("large", "", "{\"data\":1}\n{\"data\":\"" + "x".repeat(300_000) + "\"}\n");
        assertEquals(413, line.statusCode());
        assertTrue(line.body().contains("gapless.gateway.max-body-bytes"), line.body());
        assertEquals(1, TestGateway.json(line.body()).get("accepted").intValue());
    }

    @Test
    void otherTypesAndCompressedBodiesAreRefused() {
        String path = TestGateway.path("types", "messages");
        assertEquals(415, gateway.post(path, "text/plain", "x").statusCode());
        HttpResponse<String> bomb = gateway.post(path, "application/json", "x", "Content-Encoding", "gzip");
        assertEquals(415, bomb.statusCode());
        assertEquals("unsupported_media_type", code(bomb));
        assertEquals(
                200, gateway.post(path, "application/json; charset=utf-8", "1").statusCode());
    }

    @Test
    void noRoomIsToldWithWhenToComeAgain() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("full", "");
        client.hold();
        String large = "\"" + "x".repeat(90_000) + "\"";
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        HttpResponse<String> refused = null;
        for (int i = 0; i < 1_000 && refused == null; i++) {
            waiting.add(gateway.http.sendAsync(
                    HttpRequest.newBuilder(gateway.uri(TestGateway.path("full", "messages")))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(large))
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
            TestGateway.await(
                    () -> waiting.stream().filter(one -> !one.isDone()).count() <= 1);
            refused = waiting.stream()
                    .filter(CompletableFuture::isDone)
                    .map(CompletableFuture::join)
                    .filter(one -> one.statusCode() != 200)
                    .findFirst()
                    .orElse(null);
        }
        assertNotNull(refused);
        assertEquals(429, refused.statusCode(), refused.body());
        assertEquals("no_room", code(refused));
        long seconds =
                Long.parseLong(refused.headers().firstValue("Retry-After").orElse(""));
        assertTrue(seconds >= 1 && seconds <= 6, () -> seconds + " s");
        client.close();
        waiting.forEach(TestGateway::get);
    }

    @Test
    void aLineInPartsOfOneByteIsReadOnce() {
        int bytes = 1 << 20;
        String part = "1\r\nx\r\n";
        try (TestGateway tall = TestGateway.start("gapless.gateway.max-body-bytes = 2 MiB");
                RawSocket socket = new RawSocket(tall.gateway().port())) {
            socket.send("POST " + TestGateway.path("bytewise", "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            socket.send(part.repeat(bytes)).send("0\r\n\r\n");
            String answer = socket.readTo("}");
            assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("bad_message"), answer);
        }
    }

    @Test
    void aBodyThatEndsEarlyPublishesItsWholeLines() throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gateway.gateway().port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + TestGateway.path("cut", "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{\"data\":1}\n{\"da")
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("cut", "\"from\":\"earliest\"");
            assertEquals(1, client.await("event").get("data").intValue());
        }
        assertEquals(
                2,
                TestGateway.json(gateway.publish("cut", "2").body())
                        .at("/positions/0/seq")
                        .intValue());
    }
}
