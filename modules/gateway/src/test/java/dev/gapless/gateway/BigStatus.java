package dev.gapless.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server with the dashboard's files and the status of a large cluster, of which a part changes each second. */
final class BigStatus implements AutoCloseable {
    static final int MEMBERS = 200;
    static final int TOPICS = 2_000;
    static final int CLIENTS = 10_000;
    private static final int ACTIVE = 200;
    private static final Path SITE = Path.of("src/main/resources/dev/gapless/gateway/site");
    private static final Map<String, String> TYPES =
            Map.of("html", "text/html", "js", "text/javascript", "css", "text/css", "svg", "image/svg+xml");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final HttpServer server;

    BigStatus() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        server.setExecutor(threads);
        server.createContext("/api/status/events", this::events);
        server.createContext("/", BigStatus::file);
        server.start();
    }

    String uri() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void file(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Path file = SITE.resolve(path.equals("/") ? "index.html" : path.substring(1));
        byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        String name = file.toString();
        exchange.getResponseHeaders()
                .set("Content-Type", TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain"));
        exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'self'");
        exchange.sendResponseHeaders(bytes.length == 0 ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void events(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            ObjectNode whole = TestGateway.JSON.createObjectNode().put("type", "status");
            whole.set("status", status());
            say(whole, out);
            for (int second = 1; !over.await(1, TimeUnit.SECONDS); second++) {
                say(changes(second), out);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(ObjectNode message, OutputStream out) throws IOException {
        out.write(("data: " + message + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String node(int number) {
        return "node-" + number;
    }

    private static void totals(ObjectNode to, long published) {
        to.putObject("totals")
                .put("published", published)
                .put("delivered", 3 * published)
                .put("expired", 0)
                .put("missed", 0);
    }

    private static ObjectNode status() {
        ObjectNode status =
                TestGateway.JSON.createObjectNode().put("time", Instant.now().toString());
        totals(status, 0);
        for (int i = 0; i < MEMBERS; i++) {
            member(i, 0, status.withArray("members").addObject());
        }
        for (int i = 0; i < TOPICS; i++) {
            topic(i, 0, status.withArray("topics").addObject());
        }
        losses(status.putArray("losses"), 0);
        ObjectNode gateway = gateway(status.putObject("gateway"));
        for (int i = 0; i < CLIENTS; i++) {
            client(i, 0, gateway.withArray("clients").addObject());
        }
        return status;
    }

    private static ObjectNode changes(int second) {
        ObjectNode changes = TestGateway.JSON
                .createObjectNode()
                .put("type", "status_changed")
                .put("time", Instant.now().toString());
        totals(changes, 100_000L * second);
        ArrayNode members = changes.putObject("members").putArray("changed");
        for (int i = 0; i < MEMBERS; i++) {
            member(i, second, members.addObject());
        }
        ArrayNode topics = changes.putObject("topics").putArray("changed");
        for (int i = 0; i < ACTIVE; i++) {
            topic(i, second, topics.addObject());
        }
        losses(changes.putArray("losses"), second);
        ArrayNode clients =
                gateway(changes.putObject("gateway")).putObject("clients").putArray("changed");
        for (int i = 0; i < 1_000; i++) {
            client(i, second, clients.addObject());
        }
        return changes;
    }

    private static ObjectNode gateway(ObjectNode to) {
        return to.put("node", node(1))
                .put("client_count", CLIENTS)
                .put("events_sent", 12_345_678)
                .put("lagged_total", 957)
                .putNull("not_ready")
                .put("truncated", false);
    }

    private static void member(int i, int second, ObjectNode to) {
        boolean answers = i % 67 != 5;
        to.put("node", answers ? node(i) : null)
                .put("address", "10.0.0." + i + ":2551")
                .put("answers", answers)
                .put("truncated", false)
                .putArray("other_clusters");
        totals(to, 500L * second);
    }

    private static void topic(int i, int second, ObjectNode to) {
        to.put("topic", "fleet/area-" + i + "/positions");
        totals(to, (long) second * (1 + 37L * (ACTIVE - Math.min(i, ACTIVE))));
        int nodes = i == 0 ? MEMBERS : 3;
        ArrayNode producers = to.putArray("producers");
        for (int p = 0; p < nodes; p++) {
            ObjectNode producer = producers.addObject();
            producer.put("node", node(p))
                    .put("epoch", String.format("%016x", 1_000L * i + p))
                    .put("started", "2026-01-31T12:00:00.000Z")
                    .put("publishes", true)
                    .put("oldest", 1)
                    .put("head", 1_000 + second)
                    .put("oldest_time", "2026-01-31T12:00:00.000Z")
                    .put("messages", 900)
                    .put("max_messages", 4_096)
                    .put("bytes", 90_000)
                    .put("max_bytes", 16 << 20)
                    .put("waiting_publishes", 0);
            ArrayNode cursors = producer.putArray("cursors");
            for (int c = 0; c < nodes; c++) {
                cursors.addObject()
                        .put("node", node(c))
                        .put("reader", 0)
                        .put("state", c == 7 ? "stalled" : c % 5 == 1 ? "behind" : "level")
                        .put("sent", 1_000)
                        .put("acked", 1_000)
                        .put("lag", c % 5 == 1 ? second + p : 0)
                        .put("confirmed", true)
                        .put("bytes_in_flight", 0)
                        .put("window_bytes", 1 << 20);
            }
        }
        ArrayNode consumers = to.putArray("consumers");
        for (int c = 0; c < nodes; c++) {
            ObjectNode consumer = consumers.addObject().put("node", node(c)).put("subscription_count", 1);
            consumer.putArray("registrations");
            ObjectNode subscription = consumer.putArray("subscriptions").addObject();
            subscription
                    .put("id", c)
                    .put("state", "reading")
                    .put("paused", false)
                    .put("lag", c == 1 ? 5L * second : 0)
                    .put("lag_ms", c == 1 ? 100L * second : 0)
                    .put("delivered", 1_000L * second)
                    .put("holding_ms", 0)
                    .put("failures", 0)
                    .put("reloading_ms", 0)
                    .put("reloads", 0)
                    .put("reload_failures", 0)
                    .put("violations", 0)
                    .putObject("expiries");
            subscription.putNull("named");
        }
        to.putArray("tables");
    }

    private static void losses(ArrayNode to, int second) {
        for (int i = 0; i < 200; i++) {
            to.addObject()
                    .put("time", Instant.now().minusSeconds(200L - i).toString())
                    .put("topic", "fleet/area-" + (i + second) + "/positions")
                    .put("producer", node(i))
                    .put("consumer", node(i + 1))
                    .put("subscriptions", 1)
                    .put("subscription", i)
                    .putNull("client")
                    .put("reason", "OVERRUN")
                    .put("first_missing", 43)
                    .put("missed", 957);
        }
    }

    private static void client(int i, int second, ObjectNode to) {
        to.put("client", i)
                .put("protocol", i % 3 == 0 ? "websocket" : i % 3 == 1 ? "sse" : "grpc")
                .put("remote", "192.168.1." + i % 250 + ":" + (1024 + i))
                .put("subject", "device-" + i)
                .put("events_sent", 1_000L * second + i)
                .put("lag", (i * 7 + second) % 1_000)
                .put("lagged_total", 0)
                .put("uptime_ms", 1_000L * second)
                .putArray("topics")
                .add("fleet/area-" + i % TOPICS + "/positions");
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
