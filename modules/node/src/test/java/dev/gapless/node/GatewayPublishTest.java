package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code publish --url}: no line is lost, and none comes twice, whatever happens to requests and answers. */
@Timeout(60)
class GatewayPublishTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final StringWriter err = new StringWriter();
    private final Termination termination = new Termination();
    private FakeGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = new FakeGateway();
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
    }

    private void publish(String input, String keyField, Duration limit, String... urls) {
        CommandLine command = new CommandLine(new PublishCommand(termination)).setErr(new PrintWriter(err, true));
        GatewayLinks links = new GatewayLinks(
                List.of(urls).stream().map(GatewayUrl::parse).toList(),
                new GatewayHttp(GatewayToken.NONE, null),
                limit,
                termination,
                line -> err.write(line + "\n"));
        new GatewayPublish(links, "a/b", true, command.getCommandSpec(), termination)
                .run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), keyField);
    }

    private void publish(String input) {
        publish(input, null, LIMIT, gateway.url());
    }

    private static List<String> data(int... numbers) {
        return IntStream.of(numbers).mapToObj(i -> "{\"data\":" + i + "}").toList();
    }

    private FakeGateway.Request post(int i) {
        return gateway.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .toList()
                .get(i);
    }

    @Test
    void sendsEachLineOnceWithItsKeyAndWaitsForConsumers() {
        publish("{\"id\":7,\"a\":1.10}\ntext \"x\"\n", "id", LIMIT, gateway.url());
        assertEquals(
                List.of("{\"key\":\"7\",\"data\":{\"id\":7,\"a\":1.10}}", "{\"data\":\"text \\\"x\\\"\"}"),
                gateway.accepted());
        FakeGateway.Request last = post(gateway.requests().size() - 1);
        // Perhaps the lines went in two requests; the last one asks for both.
        assertEquals(
                "/api/topics/a%2Fb/messages?overflow=backpressure&wait=delivered",
                last.target().replace("&since=1", ""));
        assertEquals("application/x-ndjson", last.headers().get("content-type"));
        assertTrue(err.toString().contains("2 lines published over " + gateway.url()), err::toString);
        assertTrue(err.toString().contains("1 of them without a key: they have no field 'id'"), err::toString);
    }

    @Test
    void manyLinesGoInOrderInBoundedRequestsWithKeysOfTheirOwn() {
        int lines = 5 * LineBatches.MAX_LINES / 2;
        List<String> input = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            input.add(String.valueOf(i));
            expected.add("{\"data\":" + i + "}");
        }
        publish(String.join("\n", input));
        assertEquals(expected, gateway.accepted());
        assertTrue(gateway.requests().stream().allMatch(one -> one.lines().size() <= LineBatches.MAX_LINES));
        assertEquals(
                gateway.requests().size(),
                gateway.requests().stream()
                        .map(one -> one.headers().get("idempotency-key"))
                        .distinct()
                        .count());
    }

    @Test
    void aConnectionThatBreaksBeforeTheGatewayTookAnythingLosesNothing() {
        gateway.plan((request, reply) -> reply.reset());
        publish("1\n2\n");
        assertEquals(data(1, 2), gateway.accepted());
        assertTrue(err.toString().contains("broke"), err::toString);
    }

    @Test
    void aConnectionThatBreaksBeforeTheAnswerRepeatsNothing() {
        gateway.plan((request, reply) -> {
            reply.accept(request, request.lines().size());
            reply.remember(request, "{" + reply.count("count", request.lines().size()) + "}");
            reply.reset();
        });
        publish("1\n");
        assertEquals(data(1), gateway.accepted());
        assertEquals("", post(1).body(), "what became of it is asked without a line");
        assertEquals(post(0).headers().get("idempotency-key"), post(1).headers().get("idempotency-key"));
    }

    @Test
    void whatWasHalfAcceptedWhenTheConnectionBrokeIsContinuedUnderANewKey() throws Exception {
        List<String> all = new ArrayList<>();
        gateway.plan((request, reply) -> reply.half(request, 429, "no_room", 0)); // so that lines gather
        gateway.plan((request, reply) -> {
            all.addAll(request.lines());
            reply.accept(request, 1);
            reply.reset();
        });
        gateway.plan(
                (request, reply) -> reply.problem(500, "failed", "," + reply.count("accepted", 1) + ",\"line\":2"));
        publish("1\n2\n3\n");
        assertEquals(data(1, 2, 3), gateway.accepted());
        assertTrue(!all.isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"429,no_room", "503,closing", "500,failed"})
    void whatIsRefusedForNowIsTriedAgainBehindWhatWasAccepted(int status, String name) {
        LineBatch batch = new LineBatch(
                1,
                "{\"data\":1}\n{\"data\":2}\n{\"data\":3}\n".getBytes(StandardCharsets.UTF_8),
                new int[] {11, 22, 33},
                false);
        gateway.plan((request, reply) -> reply.half(request, status, name, 2));
        GatewayProducer producer = producer(gateway.url());
        producer.publish(batch);
        assertEquals(data(1, 2, 3), gateway.accepted());
        assertEquals(data(3), post(1).lines());
        assertNotEquals(
                post(0).headers().get("idempotency-key"), post(1).headers().get("idempotency-key"));
        assertEquals(3, producer.accepted());
    }

    private GatewayProducer producer(String... urls) {
        GatewayLinks links = new GatewayLinks(
                List.of(urls).stream().map(GatewayUrl::parse).toList(),
                new GatewayHttp(GatewayToken.NONE, null),
                LIMIT,
                termination,
                line -> err.write(line + "\n"));
        return new GatewayProducer(links, "t", true, line -> err.write(line + "\n"));
    }

    @ParameterizedTest
    @CsvSource({"400,bad_message", "409,wrong_class", "413,too_large", "422,does_not_fit"})
    void aRefusedLineEndsItAndIsNamed(int status, String name) {
        LineBatch batch = new LineBatch(
                100,
                "{\"data\":1}\n{\"data\":2}\n{\"data\":3}\n".getBytes(StandardCharsets.UTF_8),
                new int[] {11, 22, 33},
                false);
        gateway.plan((request, reply) -> reply.half(request, status, name, 1));
        GatewayProducer producer = producer(gateway.url());
        Failure failure = assertThrows(Failure.class, () -> producer.publish(batch));
        assertEquals(
                "line 101 was not accepted: " + gateway.url() + ": status " + status + " " + name + ": the detail",
                failure.getMessage());
        assertEquals(data(1), gateway.accepted());
        assertEquals(1, gateway.requests().size(), "it is not repeated");
    }

    @Test
    void retryAfterIsWaitedFor() {
        gateway.plan((request, reply) -> reply.problem(429, "no_room", "", "Retry-After: 1\r\n"));
        long startNs = System.nanoTime();
        publish("1\n");
        assertTrue(System.nanoTime() - startNs >= Duration.ofSeconds(1).toNanos());
        assertEquals(data(1), gateway.accepted());
    }

    @Test
    void whatWasAcceptedAndNotDeliveredIsNotRepeatedAndFails() {
        gateway.plan((request, reply) ->
                reply.half(request, 504, "not_delivered", request.lines().size()));
        Failure failure = assertThrows(Failure.class, () -> publish("1\n"));
        assertTrue(
                failure.getMessage().startsWith("every line was accepted, but not all consumers"), failure::getMessage);
        assertEquals(data(1), gateway.accepted());
    }

    @Test
    void whatConsumersMissedIsNamedAndHasAStatusOfItsOwn() {
        gateway.plan((request, reply) -> reply.half(
                request,
                504,
                "not_delivered",
                request.lines().size(),
                ",\"missed_by\":[{\"node\":\"n2\",\"first_missing\":101,\"missed\":1000}],\"waiting_for\":[\"n3\"]"));
        Undelivered failure = assertThrows(Undelivered.class, () -> publish("1\n"));
        assertTrue(failure.getMessage().contains("n2 missed 1,000 from sequence 101 on"), failure::getMessage);
        assertTrue(failure.getMessage().contains("n3 has not confirmed it yet"), failure::getMessage);
    }

    @Test
    void theLastRequestAsksForAllThatWasAcceptedThere() {
        int lines = LineBatches.MAX_LINES + 1;
        publish(String.join("\n", Collections.nCopies(lines, "1")));
        FakeGateway.Request last = post(gateway.requests().size() - 1);
        assertTrue(last.target().contains("wait=delivered"), last::target);
        assertTrue(gateway.requests().size() == 1 || last.target().contains("&since=1"), last::target);
        assertTrue(gateway.requests().size() > 1);
    }

    private static final String THIS = "Gapless-Gateway: a\r\n";
    private static final String OTHER = "Gapless-Gateway: b\r\n";

    /** A proxy answers for a gateway that has gone, and passes the question on to another one, which knows nothing. */
    @Test
    void whatGoesThroughAProxyToAnotherGatewayMayComeTwiceAndThatIsSaid() {
        gateway.plan((request, reply) -> reply.problem(429, "no_room", "", THIS));
        gateway.plan((request, reply) -> {
            reply.accept(request, request.lines().size());
            reply.json(502, "<html>Bad Gateway</html>");
        });
        gateway.plan((request, reply) -> reply.json(200, "{" + reply.count("count", 0) + "}", OTHER));
        publish("1\n");
        assertEquals(data(1, 1), gateway.accepted());
        assertTrue(err.toString().contains("lines 1 to 1 may come twice: " + gateway.url()), err::toString);
    }

    @Test
    void theSameGatewayKnowsThatItAcceptedNothing() {
        gateway.plan((request, reply) -> reply.problem(429, "no_room", "", THIS));
        gateway.plan((request, reply) -> reply.json(502, "<html>Bad Gateway</html>"));
        gateway.plan((request, reply) -> reply.json(200, "{" + reply.count("count", 0) + "}", THIS));
        publish("1\n");
        assertEquals(data(1), gateway.accepted());
        assertFalse(err.toString().contains("may come twice"), err::toString);
    }

    @Test
    void aRefusalOfTheQuestionSaysNothingOfTheRequestAndIsAskedAgain() {
        gateway.plan((request, reply) -> {
            reply.accept(request, request.lines().size());
            reply.remember(request, "{" + reply.count("count", request.lines().size()) + "}");
            reply.reset();
        });
        gateway.plan((request, reply) -> reply.problem(503, "closing", ""));
        gateway.plan((request, reply) -> reply.problem(429, "too_many_requests_of_address", ""));
        publish("1\n"); // a second line may be a request of its own
        assertEquals(data(1), gateway.accepted());
        assertEquals(4, gateway.requests().size(), "one with the line, and three that ask");
        assertFalse(err.toString().contains("may come twice"), err::toString);
    }

    @Test
    void whatIsRefusedForGoodWhileItIsNotKnownWhatWasPublishedIsNotCalledUnpublished() {
        gateway.plan((request, reply) -> {
            reply.accept(request, request.lines().size());
            reply.reset();
        });
        gateway.plan((request, reply) -> reply.problem(421, "misdirected_host", ""));
        Failure failure = assertThrows(Failure.class, () -> publish("1\n"));
        assertTrue(
                failure.getMessage().contains("it is not known whether lines 1 to 1 were published"),
                failure::getMessage);
    }

    /** It goes on saying that the gateway behind it is not there. */
    @Test
    void aProxyWithoutItsGatewayIsAsGoneAsAGatewayAndTheLinesGoToTheNextAddress() throws IOException {
        try (FakeGateway proxy = new FakeGateway()) {
            proxy.plan((request, reply) -> {
                reply.accept(request, request.lines().size());
                reply.json(502, "<html>Bad Gateway</html>");
            });
            for (int i = 0; i < 100; i++) {
                proxy.plan((request, reply) -> reply.json(503, "<html>No server is available</html>"));
            }
            publish("1\n", null, LIMIT, proxy.url(), gateway.url());
            assertEquals(data(1), proxy.accepted());
            assertEquals(data(1), gateway.accepted());
            assertTrue(err.toString().contains("lines 1 to 1 may come twice: " + proxy.url()), err::toString);
        }
    }

    /** The connection between a proxy and the gateway broke in the body, for which the line and its sender cannot be blamed. */
    @Test
    void theRestOfABodyThatDidNotArriveIsPublished() {
        for (String name : List.of("body_incomplete", "too_slow")) {
            gateway.plan((request, reply) -> reply.half(request, name.equals("too_slow") ? 408 : 400, name, 1));
            publish("1\n2\n");
        }
        assertEquals(data(1, 2, 1, 2), gateway.accepted());
    }

    @Test
    void aGatewayThatIsNotThereIsPassedOver() throws IOException {
        FakeGateway gone = new FakeGateway();
        gone.close();
        publish("1\n", null, LIMIT, gone.url(), gateway.url());
        assertEquals(data(1), gateway.accepted());
        assertTrue(err.toString().contains(gone.url() + " cannot be reached"), err::toString);
    }

    @Test
    void whereAGatewayGoesBeforeItAnswersTheLinesGoToAnotherOneAndThatIsSaid() throws IOException {
        try (FakeGateway first = new FakeGateway()) {
            first.plan((request, reply) -> {
                reply.accept(request, request.lines().size());
                first.stop();
            });
            publish("1\n", null, LIMIT, first.url(), gateway.url());
            assertEquals(data(1), first.accepted());
            assertEquals(data(1), gateway.accepted());
            assertTrue(err.toString().contains("lines 1 to 1 may come twice: " + first.url()), err::toString);
        }
    }

    @Test
    void whenNoGatewayAnswersItGivesUpAndSaysWhatIsNotKnown() throws IOException {
        gateway.plan((request, reply) -> gateway.close());
        Failure failure =
                assertThrows(Failure.class, () -> publish("1\n", null, Duration.ofMillis(300), gateway.url()));
        assertTrue(
                failure.getMessage().contains("it is not known whether lines 1 to 1 were published"),
                failure::getMessage);
    }

    @Test
    void whatIsNoGatewayIsNamed() {
        gateway.plan((request, reply) -> reply.json(200, "{\"hello\":1}"));
        Failure failure = assertThrows(Failure.class, () -> publish("1\n"));
        assertTrue(failure.getMessage().startsWith(gateway.url() + " is no gateway"), failure::getMessage);
    }

    @Test
    void linesBeforeOneThatIsNoUtf8ArePublished() {
        CommandLine command = new CommandLine(new PublishCommand(termination)).setErr(new PrintWriter(err, true));
        GatewayLinks links = new GatewayLinks(
                List.of(GatewayUrl.parse(gateway.url())),
                new GatewayHttp(GatewayToken.NONE, null),
                LIMIT,
                termination,
                line -> {});
        GatewayPublish publish = new GatewayPublish(links, "t", true, command.getCommandSpec(), termination);
        ByteArrayInputStream in = new ByteArrayInputStream(new byte[] {'1', '\n', (byte) 0xff, '\n', '3'});
        Failure failure = assertThrows(Failure.class, () -> publish.run(in, null));
        assertEquals("line 2 is not UTF-8 (1 line published)", failure.getMessage());
        assertEquals(data(1), gateway.accepted());
    }
}
