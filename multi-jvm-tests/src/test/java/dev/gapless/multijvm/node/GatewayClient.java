package dev.gapless.multijvm.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A client outside the cluster that moves from gateway to gateway, each time with the last token that it has, and writes down what it is
 * given. It moves when it pleases, in good order or not, and when its gateway is gone.
 */
public final class GatewayClient implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int SHORTEST_STAY_MS = 100;
    private static final int LONGEST_STAY_MS = 1_500;
    private static final long ANSWER_MS = 3_000;

    private final HttpClient http;
    private final Path journals;
    private final String topic;
    private final String name;
    private final int moves;
    private final Supplier<List<Gateway>> gateways;
    private final Random random;
    private volatile int moved;
    private volatile boolean stopped;
    private volatile Throwable failure;
    /** Null before the first token. */
    private Kept kept;

    private int sessions;
    private int tokens;

    /**
     * A gateway: of which node, in which of its incarnations.
     *
     * @param grpcPort 0 if it does not speak gRPC
     */
    public record Gateway(String node, String incarnation, int port, int grpcPort) {}

    private record Kept(String source, int number, String text) {}

    /**
     * One that moves so many times, and stays then.
     *
     * @param gateways those that there are right now, at least one
     */
    public GatewayClient(
            HttpClient http, Path journals, String topic, int number, int moves, Supplier<List<Gateway>> gateways) {
        this.http = http;
        this.journals = journals;
        this.topic = topic;
        this.name = "client" + number;
        this.moves = moves;
        this.gateways = gateways;
        this.random = new Random(number);
    }

    /** How often it has left a gateway where it had been subscribed. */
    public int moved() {
        return moved;
    }

    /** What it did not expect; null if nothing. */
    public Throwable failure() {
        return failure;
    }

    public void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                List<Gateway> all = gateways.get();
                if (all.isEmpty() || !visit(all.get(random.nextInt(all.size())))) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Frames.POLL_MS + random.nextInt(200)));
                }
            }
        } catch (RuntimeException | InterruptedException | IOException e) {
            failure = e;
        }
    }

    /** {@return whether it was subscribed there} */
    private boolean visit(Gateway gateway) throws InterruptedException, IOException {
        Frames frames = new Frames();
        WebSocket socket;
        try {
            socket = http.newWebSocketBuilder()
                    .connectTimeout(CONNECT)
                    .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/api/ws"), frames)
                    .join();
        } catch (CompletionException e) {
            return false; // it is gone, or stands still
        }
        try {
            return new Session(gateway, socket, frames).run();
        } finally {
            socket.abort();
        }
    }

    /** One stay at a gateway, with a journal of its own. */
    private final class Session {
        private final WebSocket socket;
        private final Frames frames;
        private final String id = name + "-" + ++sessions;
        private final Journal journal;
        private boolean subscribed;
        private boolean over;

        Session(Gateway gateway, WebSocket socket, Frames frames) {
            this.socket = socket;
            this.frames = frames;
            this.journal = new Journal(journals.toString(), "subscription-" + id);
            journal.timed(
                    "subscription",
                    id,
                    topic,
                    gateway.node(),
                    gateway.incarnation(),
                    kept == null ? "-" : kept.source(),
                    kept == null ? 0 : kept.number());
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
        boolean run() throws InterruptedException, IOException {
            String from = kept == null ? "latest" : kept.text();
            send("{\"type\":\"Subscribe\",\"topic\":\"" + topic + "\",\"from\":\"" + from + "\"}");
            long untilNs = after(SHORTEST_STAY_MS + random.nextInt(LONGEST_STAY_MS));
            while (!over && !stopped && (moved >= moves || System.nanoTime() - untilNs < 0)) {
                take(frames.poll());
            }
            if (!over && subscribed && random.nextBoolean()) {
                leave();
            }
            journal.timed("e", "LEFT");
            if (subscribed) {
                moved++;
            }
            return subscribed;
        }

        /** In good order: the answer has the token behind everything that came. */
        private void leave() throws InterruptedException, IOException {
            send("{\"type\":\"Unsubscribe\",\"topic\":\"" + topic + "\"}");
            long untilNs = after(ANSWER_MS);
            while (!over && System.nanoTime() - untilNs < 0) {
                take(frames.poll());
            }
        }

        private long after(long ms) {
            return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        }

        private void send(String command) {
            try {
                socket.sendText(command, true)
                        .orTimeout(ANSWER_MS, TimeUnit.MILLISECONDS)
                        .join();
            } catch (CompletionException e) {
                over = true;
            }
        }

        private void take(String text) throws IOException {
            if (text == null) {
                return;
            } else if (text.equals(Frames.END)) {
                over = true;
                return;
            }
            JsonNode message = JSON.readTree(text);
            switch (message.get("type").textValue()) {
                case "connected" -> {}
                case "subscribed" -> {
                    subscribed = true;
                    journal.timed("y", message.get("silent").size());
                    token(message.get("token"));
                }
                case "batch" -> {
                    message.get("data").forEach(this::event);
                    token(message.get("token"));
                }
                case "unsubscribed" -> {
                    token(message.get("token"));
                    over = true;
                }
                case "ping" -> token(message.at("/tokens/" + topic)); // its place has moved
                case "closing" -> {
                    token(message.at("/tokens/" + topic));
                    over = true;
                }
                default -> event(message);
            }
        }

        private void event(JsonNode message) {
            switch (message.get("type").textValue()) {
                case "event" -> EventLine.given(message, journal);
                case "cursor_expired" -> told(message);
                case "producer_left" -> EventLine.left(message, journal);
                case "ended" -> over = true;
                default -> throw new IllegalStateException(id + " did not expect " + message);
            }
        }

        /** It reloads at once: what follows is behind the gap. */
        private void told(JsonNode message) {
            JsonNode gaps = message.get("gaps");
            journal.timed("x", gaps.size());
            gaps.forEach(gap -> EventLine.gap(gap, journal));
            token(message.get("token"));
            journal.line("r");
        }

        /** Stands for this place of the journal. */
        private void token(JsonNode token) {
            if (token != null && token.isTextual()) {
                journal.timed("t", ++tokens, token.textValue());
                kept = new Kept(id, tokens, token.textValue());
            }
        }
    }
}
