package dev.gapless.multijvm.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** By what a client asks a gateway for the state of a topic. Whatever it is, what comes is frames as those of a WebSocket. */
public enum StateProtocol {
    WEB_SOCKET("ws"),
    EVENT_STREAM("sse"),
    GRPC("grpc");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    private final String shortName;

    StateProtocol(String shortName) {
        this.shortName = shortName;
    }

    /** What its clients are called in journals. */
    public String shortName() {
        return shortName;
    }

    /**
     * Subscribes to the state of a topic.
     *
     * @param token of the state that the client has; null if it has none
     * @return what ends it; null if the gateway is gone, or stands still
     */
    AutoCloseable connect(GatewayClient.Gateway gateway, String topic, CursorToken token, Frames frames) {
        return switch (this) {
            case WEB_SOCKET -> webSocket(gateway.port(), topic, token, frames);
            case EVENT_STREAM -> eventStream(gateway.port(), topic, token, frames);
            case GRPC -> GrpcState.subscribe(gateway.grpcPort(), topic, token, frames);
        };
    }

    private static AutoCloseable webSocket(int port, String topic, CursorToken token, Frames frames) {
        try {
            WebSocket socket = HTTP.newWebSocketBuilder()
                    .connectTimeout(CONNECT)
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/api/ws"), frames)
                    .orTimeout(CONNECT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            String from = token == null ? "" : ",\"from\":\"" + token + '"';
            socket.sendText(
                            "{\"type\":\"Subscribe\",\"topic\":\"" + topic + "\",\"state\":true,\"ids\":true" + from
                                    + "}",
                            true)
                    .orTimeout(CONNECT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return socket::abort;
        } catch (CompletionException e) {
            return null;
        }
    }

    private static AutoCloseable eventStream(int port, String topic, CursorToken token, Frames frames) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/api/topics/" + topic + "/events?state=true"));
        if (token != null) {
            request.header("Last-Event-ID", token.toString());
        }
        HttpResponse<InputStream> response;
        try {
            response = HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                    .orTimeout(CONNECT.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            return null;
        }
        InputStream body = response.body();
        Thread reader = new Thread(() -> read(body, frames), "event-stream");
        reader.setDaemon(true);
        reader.start();
        return () -> {
            body.close();
            reader.interrupt();
        };
    }

    /** An event with its id is one frame, as if that were its token. */
    private static void read(InputStream body, Frames frames) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            String data = null;
            String id = null;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("data: ")) {
                    data = line.substring("data: ".length());
                } else if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.isEmpty() && data != null) {
                    frames.add(withId(data, id));
                    data = null;
                }
            }
        } catch (IOException e) {
            // its gateway is gone, or it has left
        } finally {
            frames.add(Frames.END);
        }
    }

    private static String withId(String data, String id) throws JsonProcessingException {
        JsonNode message = JSON.readTree(data);
        if (id != null && message instanceof ObjectNode object && !object.has("token")) {
            object.put("token", id);
        }
        return message.toString();
    }
}
