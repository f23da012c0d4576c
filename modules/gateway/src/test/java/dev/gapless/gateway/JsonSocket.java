package dev.gapless.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client's WebSocket. It reads as long as it is not told to wait, and has not too much that nobody has taken yet. */
final class JsonSocket implements WebSocket.Listener, TestGateway.Client {
    /** As many frames are kept, and no more: ten clients of a busy node would fill the heap. */
    private static final int MOST_KEPT = 1_000;

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    /** They may come at any time, and are apart from the rest. */
    private final BlockingQueue<String> pingMessages = new LinkedBlockingQueue<>();

    private final Deque<JsonNode> unwrapped = new ArrayDeque<>();
    private final StringBuilder part = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private volatile boolean waits;
    private volatile WebSocket socket;
    private boolean asked;
    /** How often the gateway has asked whether it is there. */
    volatile int pings;

    int largestBatch;
    int frames;

    static JsonSocket open(HttpClient http, URI uri, String... headers) {
        JsonSocket opened = new JsonSocket();
        URI ws = URI.create(uri.toString().replaceFirst("^http", "ws"));
        WebSocket.Builder builder = http.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        opened.socket = TestGateway.get(builder.buildAsync(ws, opened));
        return opened;
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        part.append(text);
        if (last) {
            String message = part.toString();
            (message.startsWith("{\"type\":\"ping\"") ? pingMessages : messages).add(message);
            part.setLength(0);
        }
        more(from);
        return null;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one call at a time
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        pings++;
        more(from);
        return null;
    }

    private synchronized void more(WebSocket from) {
        if (waits || messages.size() >= MOST_KEPT) {
            asked = true;
        } else {
            from.request(1);
        }
    }

    /** Reads on if it stopped, and has no reason to any more. */
    private synchronized void goOnReading() {
        if (asked && !waits && messages.size() < MOST_KEPT) {
            asked = false;
            socket.request(1);
        }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.complete(1006);
    }

    /** From now on it reads no more than what is under way, until {@link #goOn}. */
    void hold() {
        waits = true;
    }

    void goOn() {
        waits = false;
        goOnReading();
    }

    JsonSocket send(String json) {
        TestGateway.get(socket.sendText(json, true));
        return this;
    }

    WebSocket socket() {
        return socket;
    }

    /** Subscribes, with these further fields. {@return subscribed} */
    JsonNode subscribe(String topic, String fields) {
        send("{\"type\":\"Subscribe\",\"topic\":\"" + topic + "\"" + (fields.isEmpty() ? "" : "," + fields) + "}");
        return await("subscribed");
    }

    /** The next message that is no ping; of a batch each event. */
    JsonNode next() {
        if (unwrapped.isEmpty()) {
            JsonNode message = next(messages);
            goOnReading();
            frames++;
            if (!message.path("type").asText().equals("batch")) {
                return message;
            }
            message.get("data").forEach(unwrapped::add);
            ((ObjectNode) message).remove("data");
            largestBatch = Math.max(largestBatch, unwrapped.size());
            lastBatch = message;
        }
        return unwrapped.remove();
    }

    /** The next ping that says where it is. */
    JsonNode ping() {
        return next(pingMessages);
    }

    /** Has one come that nobody has taken? */
    boolean isPinged() {
        return !pingMessages.isEmpty();
    }

    private static JsonNode next(BlockingQueue<String> queue) {
        try {
            String text = queue.poll(TestGateway.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("nothing came");
            }
            return TestGateway.json(text);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    JsonNode lastBatch;

    /** The next message, which is of this type. */
    JsonNode await(String type) {
        JsonNode message = next();
        if (!message.path("type").asText().equals(type)) {
            throw new AssertionError("not " + type + ": " + message);
        }
        return message;
    }

    /** So many events, and nothing else between them. */
    List<JsonNode> events(int count) {
        List<JsonNode> events = new ArrayList<>();
        while (events.size() < count) {
            events.add(await("event"));
        }
        return events;
    }

    /** The status with which it was closed. */
    int status() {
        return TestGateway.get(closed);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    @Override
    public void close() {
        socket.abort();
    }
}
