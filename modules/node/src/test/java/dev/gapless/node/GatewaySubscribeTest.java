package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code subscribe --url}: each event is printed once, over broken connections and from one gateway to the next. */
@Timeout(60)
class GatewaySubscribeTest {
    private static final String ENDED =
            "{\"type\":\"ended\",\"topic\":\"t\",\"reason\":\"CANCELLED\",\"token\":\"%s\"}";

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
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

    private static String token(long sequence) {
        return new CursorToken("t", "gapless", 1, Map.of("n1", new Position(new Epoch(1), sequence))).toString();
    }

    private static String data(long sequence) {
        return "{\"type\":\"event\",\"topic\":\"t\",\"seq\":" + sequence + "}";
    }

    private static String event(long sequence) {
        return "data: " + data(sequence) + "\nid: " + token(sequence) + "\n\n";
    }

    private static String begun(long sequence) {
        return "retry: 10\nid: " + token(sequence) + "\n\n";
    }

    private SubscribeWish wish(long count) {
        return new SubscribeWish("t", "latest", List.of(), List.of(), count, directory.resolve("token"));
    }

    private void subscribe(SubscribeWish wish, String... urls) {
        CommandLine command = new CommandLine(new SubscribeCommand(termination)).setErr(new PrintWriter(err, true));
        GatewayLinks links = new GatewayLinks(
                List.of(urls).stream().map(GatewayUrl::parse).toList(),
                new GatewayHttp(GatewayToken.NONE, null),
                Duration.ofMinutes(1),
                termination,
                line -> err.write(line + "\n"));
        new GatewaySubscribe(links, wish, command.getCommandSpec(), termination).run(out);
    }

    private List<String> printed() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String kept() {
        return String.valueOf(new TokenFile(directory.resolve("token")).read());
    }

    @Test
    void asksForWhatIsWanted() {
        gateway.plan((request, reply) -> reply.events(begun(0) + event(1)));
        subscribe(new SubscribeWish("a/b", "earliest", List.of("n1", "n2"), List.of("k/*"), 1, null), gateway.url());
        assertEquals(
                "/api/topics/a%2Fb/events?from=earliest&nodes=n1%2Cn2&keys=k%2F*",
                gateway.requests().get(0).target());
        assertEquals("text/event-stream", gateway.requests().get(0).headers().get("accept"));
    }

    @Test
    void goesOnBehindTheLastEventThatWasPrinted() {
        gateway.plan((request, reply) -> reply.events(begun(0) + event(1) + "data: {\"type\":\"event\",\"half"));
        gateway.plan((request, reply) -> reply.reset());
        gateway.plan((request, reply) -> reply.events(begun(1) + ":\n\n" + event(2)));
        subscribe(wish(2), gateway.url());
        assertEquals(List.of(data(1), data(2), String.format(ENDED, token(2))), printed());
        assertEquals(token(1), gateway.requests().get(1).headers().get("last-event-id"));
        assertEquals(token(1), gateway.requests().get(2).headers().get("last-event-id"));
        assertEquals(token(2), kept());
        assertTrue(err.toString().contains("ready: topic t, " + gateway.url()), err::toString);
        assertTrue(err.toString().contains("connected again: topic t, " + gateway.url()), err::toString);
    }

    @Test
    void aPlaceThatMovesWithoutAnEventIsKeptAndGoneOnFrom() {
        gateway.plan((request, reply) -> reply.events(begun(0) + event(1) + "id: " + token(7) + "\n\n"));
        String closing = "data: {\"type\":\"closing\",\"reason\":\"the gateway stops\"}\nid: " + token(9) + "\n\n";
        gateway.plan((request, reply) -> reply.events(begun(7) + closing));
        subscribe(wish(2), gateway.url());
        assertEquals(token(9), kept());
        assertEquals(token(7), gateway.requests().get(1).headers().get("last-event-id"));
        assertEquals(token(9), gateway.requests().get(2).headers().get("last-event-id"));
        assertEquals(List.of(data(1), String.format(ENDED, token(9))), printed());
    }

    @Test
    void printsNothingOfAConnectionThatTheGatewayEnds() {
        String closing = "data: {\"type\":\"closing\",\"reason\":\"the gateway stops\"}\n\n";
        gateway.plan((request, reply) -> reply.events(begun(0) + event(1) + closing));
        gateway.plan((request, reply) -> reply.events(begun(1) + event(2)));
        subscribe(wish(2), gateway.url());
        assertEquals(List.of(data(1), data(2), String.format(ENDED, token(2))), printed());
    }

    @Test
    void goesOnAtAnotherGateway() throws IOException {
        try (FakeGateway first = new FakeGateway()) {
            first.plan((request, reply) -> {
                reply.events(begun(0) + event(1));
                first.stop();
            });
            gateway.plan((request, reply) -> reply.events(begun(1) + event(2)));
            subscribe(wish(2), first.url(), gateway.url());
        }
        assertEquals(List.of(data(1), data(2), String.format(ENDED, token(2))), printed());
        assertEquals(token(1), gateway.requests().get(0).headers().get("last-event-id"));
    }

    @Test
    void theTokenOfTheLastRunGoesBeforeFrom() {
        new TokenFile(directory.resolve("token")).write(CursorToken.parse(token(7)));
        gateway.plan((request, reply) -> reply.events(begun(7) + event(8) + event(9)));
        subscribe(wish(1), gateway.url());
        assertEquals(token(7), gateway.requests().get(0).headers().get("last-event-id"));
        assertEquals(token(8), kept(), "not behind what was not printed");
    }

    @Test
    void aNoticeIsPrintedAndDoesNotCountAsAMessage() {
        String expired = "{\"topic\":\"t\",\"type\":\"cursor_expired\",\"gaps\":[{\"type\":\"event\"}]}";
        gateway.plan((request, reply) ->
                reply.events(begun(0) + "data: " + expired + "\nid: " + token(5) + "\n\n" + event(6)));
        subscribe(wish(1), gateway.url());
        assertEquals(List.of(expired, data(6), String.format(ENDED, token(6))), printed());
    }

    @Test
    void aSubscriptionThatEndedAtTheGatewayFailsAndKeepsItsToken() {
        String ended = "{\"type\":\"ended\",\"topic\":\"t\",\"reason\":\"FAILED\",\"token\":null}";
        gateway.plan((request, reply) -> reply.events(begun(0) + event(1) + "data: " + ended + "\nid: ended\n\n"));
        Failure failure = assertThrows(Failure.class, () -> subscribe(wish(5), gateway.url()));
        assertEquals("the subscription has failed; standard output ends with why", failure.getMessage());
        assertEquals(List.of(data(1), ended), printed());
        assertEquals(token(1), kept());
    }

    @Test
    void noContentEndsIt() {
        subscribe(wish(5), gateway.url()); // the fake's answer if nothing was planned
        assertEquals(1, gateway.requests().size());
    }

    @ParameterizedTest
    @CsvSource({"400,bad_token", "409,ids_too_large", "403,forbidden_origin"})
    void aRefusalEndsItInOneLine(int status, String name) {
        gateway.plan((request, reply) -> reply.problem(status, name, ""));
        Failure failure = assertThrows(Failure.class, () -> subscribe(wish(5), gateway.url()));
        assertEquals(gateway.url() + ": status " + status + " " + name + ": the detail", failure.getMessage());
        assertEquals(1, gateway.requests().size(), "it is not repeated");
    }

    @ParameterizedTest
    @CsvSource({"503,closing", "429,too_many_clients_of_address"})
    void whatIsRefusedForNowIsTriedAgain(int status, String name) {
        gateway.plan((request, reply) -> reply.problem(status, name, ""));
        gateway.plan((request, reply) -> reply.events(begun(0) + event(1)));
        subscribe(wish(1), gateway.url());
        assertEquals(List.of(data(1), String.format(ENDED, token(1))), printed());
        assertTrue(err.toString().contains("the detail; trying again"), err::toString);
    }

    @Test
    void endsWhenItIsAskedTo() throws Exception {
        CompletableFuture<Void> release = new CompletableFuture<>();
        gateway.plan((request, reply) -> {
            reply.events(begun(0) + event(1));
            release.join();
        });
        var running = CompletableFuture.runAsync(() -> subscribe(wish(5), gateway.url()));
        Await.within(Duration.ofSeconds(30), () -> "no event", () -> !printed().isEmpty());
        termination.request();
        running.join();
        release.complete(null);
        assertEquals(List.of(data(1), String.format(ENDED, token(1))), printed());
        assertEquals(token(1), kept());
    }

    @Test
    void whatIsNoGatewayIsNamed() {
        gateway.plan((request, reply) -> reply.json(200, "{}"));
        Failure failure = assertThrows(Failure.class, () -> subscribe(wish(5), gateway.url()));
        assertEquals(gateway.url() + " is no gateway: its answer is no event stream", failure.getMessage());
    }
}
