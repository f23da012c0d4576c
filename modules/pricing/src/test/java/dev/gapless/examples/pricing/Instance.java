package dev.gapless.examples.pricing;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gapless.examples.pricing.checker.Row;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An instance of the service: one process after the other, at the same ports, and what it says over REST. Thread-safe. */
final class Instance implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final String name;
    private final int nodePort;
    private final int port;
    private final Path out;
    private final List<String> arguments;
    private volatile ServiceProcess process;
    private int processes;

    Instance(String name, int nodePort, int port, Path directory, List<String> arguments) {
        this.name = name;
        this.nodePort = nodePort;
        this.port = port;
        this.out = directory.resolve(name + ".log");
        this.arguments = new ArrayList<>(arguments);
        this.arguments.addAll(List.of(
                "--gapless.node-name=" + name,
                "--pekko.remote.artery.canonical.port=" + nodePort,
                "--server.port=" + port));
        start();
    }

    /** A process after the one that has ended. */
    synchronized void start() {
        process = new ServiceProcess(name + " (process " + ++processes + ")", out, arguments);
    }

    String name() {
        return name;
    }

    /** As other instances know it. */
    String address() {
        return "127.0.0.1:" + nodePort;
    }

    ServiceProcess process() {
        return process;
    }

    Path out() {
        return out;
    }

    HttpResponse<String> send(String method, String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(TIMEOUT)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The status of an answer, or 0 if there is none. */
    int asks(String path) {
        try {
            return send("GET", path).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    boolean isReady() {
        return asks("/actuator/health/readiness") == 200;
    }

    /** The rows at a path; empty if it has none now. */
    Optional<Map<String, Row>> rows(String path) {
        try {
            HttpResponse<String> answer = send("GET", path);
            return answer.statusCode() == 200
                    ? Optional.of(JSON.readValue(answer.body(), new TypeReference<Map<String, Row>>() {}))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A field of its status; a missing node if it gives no answer. */
    JsonNode status(String field) {
        try {
            return JSON.readTree(send("GET", "/status").body()).path(field);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    static Row row(String body) throws IOException {
        return JSON.readValue(body, Row.class);
    }

    @Override
    public void close() {
        process.close();
    }
}
