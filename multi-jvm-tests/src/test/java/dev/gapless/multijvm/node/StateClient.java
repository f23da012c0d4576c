package dev.gapless.multijvm.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gapless.core.CursorToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A client outside the cluster that shows the state of a topic. It moves from gateway to gateway with the token of what it has, when it
 * pleases and when its gateway is gone; now and then with nothing. It writes down each state that it has.
 */
public final class StateClient implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOPIC = "rows";
    private static final int SHORTEST_STAY_MS = 300;
    private static final int LONGEST_STAY_MS = 6_000;

    private final Supplier<List<GatewayClient.Gateway>> gateways;
    private final StateProtocol protocol;
    private final Random random;
    private final ShownStates states;
    private volatile boolean moves = true;
    private volatile boolean stopped;
    private volatile Throwable failure;
    private volatile int sessions;
    private volatile int behind;

    private Map<String, String> rows = new HashMap<>();
    private CursorToken token;
    private boolean isStale;
    private boolean inBrackets;
    /** Of the state before the brackets. */
    private String inFront = "";

    private boolean over;

    /** One that moves among the gateways that there are. */
    public StateClient(
            Path journals, int number, StateProtocol protocol, Supplier<List<GatewayClient.Gateway>> gateways) {
        this.gateways = gateways;
        this.protocol = protocol;
        this.random = new Random((protocol.shortName() + number).hashCode());
        this.states = new ShownStates(journals.toString(), protocol.shortName() + "-" + number, "-");
    }

    /** Moves of its own, or stays where it is as long as it can. */
    public void moves(boolean whenItPleases) {
        moves = whenItPleases;
    }

    /** How often it has had a state from a gateway to which it had come. */
    public int sessions() {
        return sessions;
    }

    /** How often a gateway has said that it is behind. */
    public int behind() {
        return behind;
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
                List<GatewayClient.Gateway> all = gateways.get();
                if (!all.isEmpty()) {
                    visit(all.get(random.nextInt(all.size())));
                }
                Thread.sleep(Frames.POLL_MS);
            }
        } catch (RuntimeException | IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            // it was stopped
        }
    }

    private void visit(GatewayClient.Gateway gateway) throws InterruptedException, IOException {
        if (random.nextInt(8) == 0) {
            token = null;
            rows = new HashMap<>();
        }
        states.moved(gateway.incarnation(), token);
        inBrackets = false;
        over = false;
        Frames frames = new Frames();
        long untilNs =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SHORTEST_STAY_MS + random.nextInt(LONGEST_STAY_MS));
        BooleanSupplier stays = () -> !over && !stopped && (!moves || System.nanoTime() - untilNs < 0);
        try (AutoCloseable connection = protocol.connect(gateway, TOPIC, token, frames)) {
            while (connection != null && stays.getAsBoolean()) {
                take(frames.poll());
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void take(String text) throws IOException {
        if (text == null) {
            return;
        } else if (text.equals(Frames.END)) {
            over = true;
            return;
        } else if (random.nextInt(200) == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(300))); // slow now and then
        }
        JsonNode message = JSON.readTree(text);
        switch (message.path("type").asText()) {
            case "connected", "ping", "subscribed" -> {}
            case "batch" -> message.get("data").forEach(this::take);
            case "error" -> {
                countIfBehind(message.path("code").asText());
                over = true;
            }
            case "closing" -> over = true;
            default -> take(message);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    private void countIfBehind(String code) {
        behind += code.equals("behind") ? 1 : 0;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // as above
    private void take(JsonNode message) {
        switch (message.path("type").asText()) {
            case "snapshot_start" -> {
                expect(!inBrackets, message);
                inBrackets = true;
                inFront = message.path("token").asText();
                if (message.path("complete").asBoolean()) {
                    rows = new HashMap<>();
                    sessions++;
                }
            }
            case "event" -> {
                expect(inBrackets == message.path("snapshot").asBoolean(), message);
                row(message);
                if (inBrackets) {
                    // A part has no token; an id of an event stream is that of what came before, too.
                    expect(
                            protocol == StateProtocol.EVENT_STREAM
                                    || message.path("token").asText().equals(inFront),
                            message);
                } else {
                    shown(message.path("token").asText());
                }
            }
            case "snapshot_end" -> {
                expect(inBrackets, message);
                inBrackets = false;
                isStale = message.path("stale").asBoolean();
                shown(message.path("token").asText());
            }
            case "progress" -> {
                if (!inBrackets) {
                    shown(message.path("token").asText());
                }
            }
            case "cursor_expired" -> {
                isStale = true;
                message.get("gaps")
                        .forEach(gap -> states.missed(gap.path("reason").asText()));
            }
            case "ended" -> {
                countIfBehind(message.path("reason").asText());
                over = true;
            }
            default -> throw new IllegalStateException("not expected: " + message);
        }
    }

    private static void expect(boolean holds, JsonNode message) {
        if (!holds) {
            throw new IllegalStateException("not expected here: " + message);
        }
    }

    private void row(JsonNode message) {
        String key = message.path("key").asText();
        JsonNode row = message.path("data");
        if (message.path("deleted").asBoolean()) {
            rows.remove(key);
        } else {
            rows.put(
                    key,
                    ShownStates.row(
                            row.path("version").asLong(), row.path("read").asText()));
        }
    }

    private void shown(String at) {
        token = CursorToken.parse(at);
        long now = System.nanoTime();
        states.state(now, isStale ? "STALE" : "LIVE", token, rows, now);
    }
}
