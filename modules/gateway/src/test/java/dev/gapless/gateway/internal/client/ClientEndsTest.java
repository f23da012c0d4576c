package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.gapless.StartFrom;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.subscribe.Claims;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageHost;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.SubscriptionHost;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the connection of a client ends: what the client is told, what is counted, and that its place is given back once. */
@Timeout(60)
class ClientEndsTest {
    private static final long LATER_NS = Duration.ofSeconds(100).toNanos();

    private final Deque<Runnable> turns = new ArrayDeque<>();
    private final List<MessageSubscription> subscriptions = new ArrayList<>();
    private final Common common = common(turns::add);
    private final Socket socket = new Socket();
    private int released;
    private String ended = "";

    private Common common(Executor executor) {
        return new Common(
                new GatewaySettings(ConfigFactory.load()),
                new Access(new GatewaySettings(ConfigFactory.load()).access, Runnable::run),
                host(),
                "n1",
                "g1",
                null,
                null,
                new SharedJson(0, Budget.unbounded()),
                null,
                new Unsent(1 << 20, 0, Duration.ZERO, Budget.unbounded()),
                Budget.unbounded(),
                executor,
                (after, what) -> {},
                new Sent(),
                new Tally());
    }

    private MessageHost host() {
        return (MessageHost) Proxy.newProxyInstance(
                MessageHost.class.getClassLoader(), new Class<?>[] {MessageHost.class}, (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "clusterId" -> "c";
                        case "messages" -> {
                            MessageSubscription made = new MessageSubscription(
                                    (String) arguments[0],
                                    1,
                                    "client",
                                    Claims.NONE,
                                    false,
                                    (SubscriptionHost) self,
                                    "c",
                                    (Filter) arguments[2],
                                    (Runnable) arguments[5]);
                            subscriptions.add(made);
                            yield made;
                        }
                        case "closeSubscription" -> null;
                        default -> throw new UnsupportedOperationException(method.toString());
                    };
                });
    }

    /** A connection that takes a frame when the test says so, and remembers what the gateway asks of it. */
    private static final class Socket implements Transport {
        final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        boolean broken;
        private @Nullable Consumer<@Nullable Throwable> written;

        @Override
        public void send(List<ByteBuffer> frame, Consumer<@Nullable Throwable> then) {
            if (broken) {
                throw new IllegalStateException("planted: a defect");
            }
            String text =
                    StandardCharsets.UTF_8.decode(frame.get(0).duplicate()).toString();
            asked.add(text.replaceAll(".*\"type\":\"([a-z]*)\".*", "$1").strip());
            written = then;
        }

        void takes(@Nullable Throwable failure) {
            Consumer<@Nullable Throwable> then = written;
            written = null;
            then.accept(failure);
        }

        @Override
        public void ping() {
            asked.add("ping");
        }

        @Override
        public boolean isReading() {
            return true;
        }

        @Override
        public void takeCommand() {}

        @Override
        public boolean refuse(RequestException refusal) {
            asked.add("refuse " + refusal.kind().code());
            return true;
        }

        @Override
        public void close(Closing why) {
            asked.add("close " + why.status());
        }

        @Override
        public void abort(Closing why) {
            asked.add("abort " + why.status());
        }

        @Override
        public long progressNs() {
            return System.nanoTime() - LATER_NS;
        }

        @Override
        public String remote() {
            return "10.0.0.1:1";
        }

        @Override
        public String protocol() {
            return "websocket";
        }
    }

    private Client client(Framing framing) {
        return new Client(1, common, socket, framing, Caller.anybody("10.0.0.1"), next -> {}, why -> {
            released++;
            ended = why == null ? "gone" : Integer.toString(why.status());
        });
    }

    private Client webSocket() {
        return client(new WebSocketFraming(common));
    }

    private Client stream() {
        return client(new SseFraming(common, true));
    }

    /** One that has been told that it is connected. */
    private Client openWebSocket() {
        Client client = webSocket();
        client.start(List.of());
        runTurns();
        socket.takes(null);
        runTurns();
        assertAsked("connected");
        return client;
    }

    private static SubscribeRequest request() {
        return new SubscribeRequest(
                "t", StartFrom.latest(), TopicFilter.of(null, null, Caller.anybody("")), OnLag.RESYNC, Long.MAX_VALUE);
    }

    private void runTurns() {
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
    }

    private void assertAsked(String... what) {
        assertEquals(List.of(what), socket.asked);
        socket.asked.clear();
    }

    /** The client has given its place back, once, and counts as ended by this status. */
    private void assertReleased(Client client, String status) {
        runTurns();
        client.disconnected();
        client.close(Closing.RESTART);
        client.checkLiveness(System.nanoTime() + LATER_NS);
        runTurns();
        assertEquals(1, released);
        assertEquals(status, ended);
        assertAsked();
    }

    // ------------------------------------------------------------------ before the start

    @Test
    void aWebSocketThatIsClosedBeforeItStartsIsToldSoInsteadOfBeingGreeted() {
        Client client = webSocket();
        client.close(Closing.RESTART);
        runTurns();
        assertAsked();
        client.start(List.of());
        runTurns();
        assertAsked("closing", "close 1012");
        socket.takes(null);
        client.disconnected();
        assertReleased(client, "1012");
    }

    @Test
    void aStreamThatIsClosedBeforeItStartsIsRefusedAndSubscribesToNothing() {
        Client client = stream();
        client.close(Closing.RESTART);
        client.start(List.of(request()));
        runTurns();
        assertAsked("refuse closing");
        assertEquals(List.of(), subscriptions);
        client.disconnected();
        assertReleased(client, "1012");
    }

    @Test
    void whoGoesBeforeItStartsGivesItsPlaceBack() {
        Client client = stream();
        client.disconnected();
        runTurns();
        assertEquals(1, released);
        client.start(List.of(request()));
        assertReleased(client, "gone");
        assertEquals(List.of(), subscriptions);
    }

    @Test
    void whoNeverStartsIsDisconnectedIfItWasToBeClosed() {
        Client client = webSocket();
        client.checkLiveness(System.nanoTime() + LATER_NS);
        assertAsked();
        client.close(Closing.RESTART);
        client.checkLiveness(System.nanoTime() + LATER_NS);
        assertAsked("abort 1012");
        assertReleased(client, "1012");
    }

    // ------------------------------------------------------------------ closing

    @Test
    void theFirstReasonToCloseIsTold() {
        Client client = openWebSocket();
        client.close(Closing.NO_TEXT);
        client.close(Closing.RESTART);
        runTurns();
        assertAsked("closing", "close 1007");
        socket.takes(null);
        client.close(Closing.RESTART);
        runTurns();
        client.disconnected();
        assertReleased(client, "1007");
    }

    @Test
    void whoIsClosedWhileItIsGreetedIsToldBoth() {
        Client client = webSocket();
        client.start(List.of());
        runTurns();
        client.close(Closing.RESTART);
        runTurns();
        assertAsked("connected");
        socket.takes(null);
        runTurns();
        assertAsked("closing", "close 1012");
    }

    @Test
    void whoGoesBeforeItIsToldWhyHasGoneByItself() {
        Client client = openWebSocket();
        client.close(Closing.RESTART);
        client.disconnected();
        assertReleased(client, "gone");
    }

    @Test
    void nothingIsSentBehindTheLastFrame() {
        Client client = openWebSocket();
        client.close(Closing.RESTART);
        runTurns();
        assertAsked("closing", "close 1012");
        socket.takes(null);
        client.command("{\"type\":\"Ping\"}");
        runTurns();
        assertAsked();
    }

    // ------------------------------------------------------------------ disconnected

    @Test
    void whoTakesNothingIsDisconnectedForThatWhateverItWasBeingTold() {
        Client client = openWebSocket();
        client.close(Closing.RESTART);
        runTurns();
        assertAsked("closing", "close 1012");
        client.checkLiveness(System.nanoTime() + LATER_NS);
        assertAsked("abort 4410");
        socket.takes(new IllegalStateException("planted: it is aborted"));
        assertReleased(client, "4410");
    }

    @Test
    void whoStaysThoughItWasToldToGoIsDisconnectedForTheSameReason() {
        Client client = openWebSocket();
        client.close(Closing.RESTART);
        runTurns();
        socket.takes(null);
        assertAsked("closing", "close 1012");
        client.checkLiveness(System.nanoTime());
        assertAsked();
        client.checkLiveness(System.nanoTime() + LATER_NS);
        assertAsked("abort 1012");
        assertReleased(client, "1012");
    }

    @Test
    void aFrameThatFailsEndsTheConnection() {
        Client client = webSocket();
        client.start(List.of());
        runTurns();
        assertAsked("connected");
        socket.takes(new IllegalStateException("planted: the connection is reset"));
        assertReleased(client, "gone");
    }

    @Test
    void aDefectEndsTheConnection() {
        socket.broken = true;
        Client client = webSocket();
        client.start(List.of());
        runTurns();
        assertAsked("abort 1011");
        assertReleased(client, "1011");
    }

    // ------------------------------------------------------------------ streams that end by themselves

    @Test
    void aStreamThatIsRefusedIsToldOnlyThat() {
        Client client = stream();
        client.start(List.of(request()));
        runTurns();
        assertAsked();
        subscriptions.get(0).refused(new IllegalStateException("planted: the node refuses it"));
        runTurns();
        assertAsked("refuse refused");
        client.close(Closing.RESTART);
        runTurns();
        assertAsked();
        client.disconnected();
        assertReleased(client, "1000");
    }

    @Test
    void aStreamWhoseNodeShutsDownIsClosed() {
        Client client = stream();
        client.start(List.of(request()));
        runTurns();
        subscriptions.get(0).shutdown();
        runTurns();
        assertAsked("refuse closing");
        client.disconnected();
        assertReleased(client, "1012");
    }

    @Test
    void whoIsRefusedMayTakeItsTimeUntilItIsToBeClosed() {
        Client client = stream();
        client.start(List.of(request()));
        runTurns();
        subscriptions.get(0).refused(new IllegalStateException("planted: the node refuses it"));
        runTurns();
        assertAsked("refuse refused");
        client.checkLiveness(System.nanoTime() + LATER_NS);
        assertAsked();
        client.close(Closing.RESTART);
        client.checkLiveness(System.nanoTime() + LATER_NS);
        assertAsked("abort 1012");
        assertReleased(client, "1012");
    }

    // ------------------------------------------------------------------ threads

    /** Whoever comes first: the place is given back once, and counted once. */
    @Test
    void eventsOfManyThreadsGiveThePlaceBackOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 500; i++) {
                Common shared = common(threads);
                List<String> releases = Collections.synchronizedList(new ArrayList<>());
                Client client = new Client(
                        1,
                        shared,
                        new Socket(),
                        new WebSocketFraming(shared),
                        Caller.anybody("10.0.0.1"),
                        next -> {},
                        why -> releases.add("released"));
                List<Future<?>> events = new ArrayList<>();
                for (Runnable event : List.<Runnable>of(
                        () -> client.start(List.of()),
                        () -> client.close(Closing.RESTART),
                        client::disconnected,
                        () -> client.checkLiveness(System.nanoTime() + LATER_NS))) {
                    events.add(threads.submit(event));
                }
                for (Future<?> event : events) {
                    event.get();
                }
                while (releases.isEmpty()) {
                    Thread.onSpinWait();
                }
                threads.submit(() -> {}).get();
                assertEquals(List.of("released"), releases);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
