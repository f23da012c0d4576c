package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A client, and its connection: slow, or dead, as the world wants it. */
final class ModelClient implements Transport {
    private final ModelWorld world;
    final boolean sse;
    /** What it knows, which outlasts its connections. */
    final Map<String, ModelView> views;

    Client client;
    private String frame;
    private Consumer<Throwable> written;
    private boolean sent;
    private boolean closes;
    boolean over;
    /** Has the gateway been asked to close it? */
    boolean told;

    boolean mayCommand;
    /** Until that is answered. */
    boolean isUnsubscribing;

    /** Topics that it has yet to subscribe to again. */
    final Deque<String> resumes = new ArrayDeque<>();

    /** The filter that a command asked for, by topic, until it is answered. */
    final Map<String, ModelView.Wanted> asked = new HashMap<>();

    ModelClient(ModelWorld world, boolean sse, Map<String, ModelView> views) {
        this.world = world;
        this.sse = sse;
        this.views = views;
    }

    // ------------------------------------------------------------------ for the world

    boolean isBusy() {
        return written != null;
    }

    /** The socket takes the frame, and the client gets it. */
    void takes() {
        String text = frame;
        Consumer<Throwable> then = written;
        frame = null;
        written = null;
        got(text);
        then.accept(null);
        if (closes) {
            ends();
        }
    }

    /** The connection breaks: the frame that is under way may have come. */
    void breaks(boolean comes) {
        if (frame != null && comes) {
            got(frame);
        }
        Consumer<Throwable> then = written;
        frame = null;
        written = null;
        if (then != null) {
            then.accept(new java.io.IOException("planted: the connection breaks"));
        }
        ends();
    }

    void ends() {
        over = true;
        client.disconnected();
    }

    void says(ObjectNode command) {
        assertTrue(mayCommand);
        mayCommand = false;
        client.command(command.toString());
    }

    // ------------------------------------------------------------------ what it gets

    private void got(String text) {
        if (!sse) {
            got(json(text));
            return;
        }
        for (String event : text.split("\n\n", -1)) {
            for (String line : event.split("\n", -1)) {
                if (line.startsWith("data: ")) {
                    got(json(line.substring(6)));
                } else if (line.startsWith("id: ") && !line.equals("id: " + SseFraming.ENDED)) {
                    ModelView view = views.values().iterator().next();
                    if (view.begun) {
                        view.token(line.substring(4));
                    } else {
                        view.subscribed(line.substring(4), view.wanted);
                    }
                }
            }
        }
    }

    private static JsonNode json(String text) {
        try {
            return PayloadJson.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private void got(JsonNode message) {
        ModelView view = views.get(message.path("topic").asText());
        told |= message.get("type").textValue().equals("cursor_expired") && view.onLag.equals("close");
        switch (message.get("type").textValue()) {
            case "batch" -> {
                message.get("data").forEach(this::got);
                view.token(message.get("token").textValue());
            }
            case "event" -> view.event(message);
            case "cursor_expired" -> view.expired(message);
            case "producer_left" -> view.left(message);
            case "subscribed" -> {
                String topic = message.get("topic").textValue();
                ModelView.Wanted wanted = asked.remove(topic);
                view.subscribed(message.get("token").textValue(), wanted == null ? view.wanted : wanted);
            }
            case "unsubscribed" -> {
                isUnsubscribing = false;
                views.remove(message.get("topic").textValue());
            }
            case "closing", "pong", "ping" ->
                message.path("tokens").properties().forEach(token -> {
                    ModelView of = views.get(token.getKey());
                    if (of.begun) {
                        of.token(token.getValue().textValue());
                    }
                });
            case "connected" -> {}
            default -> throw new AssertionError(message.toString());
        }
    }

    // ------------------------------------------------------------------ for the gateway

    @Override
    public void send(List<ByteBuffer> bytes, Consumer<Throwable> then) {
        assertNull(written, "one frame at a time");
        assertFalse(closes, "nothing comes behind the end");
        frame = bytes.stream()
                .map(part -> StandardCharsets.UTF_8.decode(part.duplicate()).toString())
                .collect(Collectors.joining());
        written = then;
        sent = true;
    }

    @Override
    public void ping() {
        client.heard();
    }

    @Override
    public boolean isReading() {
        return true;
    }

    @Override
    public void takeCommand() {
        assertFalse(mayCommand, "one command at a time");
        mayCommand = true;
    }

    @Override
    public boolean refuse(RequestException refusal) {
        if (sent) {
            return false;
        }
        close(new Closing(1000, refusal.why()));
        return true;
    }

    @Override
    public void close(Closing closing) {
        closes = true;
        if (written == null) {
            world.later(this::ends);
        }
    }

    @Override
    public void abort(Closing why) {
        assertNotEquals(Closing.FAILED, why);
        over = true;
        frame = null;
        Consumer<Throwable> then = written;
        written = null;
        if (then != null) {
            then.accept(new java.io.IOException("planted: it is ended while a frame is under way"));
        }
    }

    @Override
    public long progressNs() {
        return 0;
    }

    @Override
    public String remote() {
        return "10.0.0.1:1";
    }

    @Override
    public String protocol() {
        return sse ? "sse" : "websocket";
    }
}
