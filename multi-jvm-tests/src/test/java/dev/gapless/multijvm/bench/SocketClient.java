package dev.gapless.multijvm.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A WebSocket client of a gateway, subscribed to one topic from now on. It keeps all that it is given, and its one connection. */
public final class SocketClient implements WebSocket.Listener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringBuilder frame = new StringBuilder();
    private final List<JsonNode> given = new CopyOnWriteArrayList<>();
    private final WebSocket socket;
    private volatile String end = "";

    /** Returns once it is subscribed. */
    public SocketClient(int port, String topic) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/api/ws"), this)
                .join();
        socket.sendText("{\"type\":\"Subscribe\",\"topic\":\"" + topic + "\"}", true)
                .join();
        Await.until("the client is subscribed", () -> !ofType("subscribed").isEmpty());
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        frame.append(data);
        if (last) {
            try {
                JsonNode message = JSON.readTree(frame.toString());
                if (message.path("type").asText().equals("batch")) {
                    message.path("data").forEach(given::add);
                } else {
                    given.add(message);
                }
            } catch (JsonProcessingException e) {
                end = e.toString();
            }
            frame.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
        end = status + " " + reason;
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        end = error.toString();
    }

    /** What it was given of this type, in this order. */
    public List<JsonNode> ofType(String type) {
        return given.stream()
                .filter(message -> message.path("type").asText().equals(type))
                .toList();
    }

    /** The sequences of the events that it was given, in this order. */
    public List<Long> sequences() {
        return ofType("event").stream().map(event -> event.path("seq").asLong()).toList();
    }

    /** Why its connection has ended; empty while it has not. */
    public String end() {
        return end;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
