package dev.gapless.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;

/** A node of a cluster in this JVM, with a gateway, on free loopback ports. */
final class TestGateway implements AutoCloseable {
    /** What takes longer does not happen. */
    static final Duration DEADLINE = Duration.ofSeconds(Long.getLong("gapless.deadline.seconds", 60));

    /** No object has a member twice. */
    static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private static final String QUICK = """
        pekko {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
          logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
          actor.provider = cluster
          remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
          remote.artery.bind.bind-timeout = 60s
          logger-startup-timeout = 60s
          coordinated-shutdown.exit-jvm = off
          cluster {
            downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            periodic-tasks-initial-delay = 200ms
            failure-detector.acceptable-heartbeat-pause = 10s
            seed-node-timeout = 1s
            jmx.enabled = off
            log-info = off
          }
        }
        gapless {
          feed-hold = 0s # a client that stands still is overtaken at once
          reload-interval = 0s
          reload-jitter = 0s
        }
        """;

    /** What a test has opened. */
    interface Client extends AutoCloseable {
        @Override
        void close();
    }

    private final ActorSystem system;
    private final GaplessGateway gateway;
    private final List<Client> opened = new ArrayList<>();
    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestGateway(ActorSystem system, GaplessGateway gateway) {
        this.system = system;
        this.gateway = gateway;
    }

    /** A gateway on the only node of a cluster, with this configuration on top of the quick one. */
    static TestGateway start(String config, Topic<?>... topics) {
        return join(null, config, topics);
    }

    /** One on a node that is a member of no cluster. */
    static TestGateway startAlone(String config) {
        ActorSystem system = system(config);
        return new TestGateway(system, GaplessGateway.start(system));
    }

    /** One that gives clients the tables that are opened so. */
    static TestGateway withTables(String config, Function<Gapless, List<Table<?>>> open) {
        ActorSystem system = system(config);
        try {
            Cluster cluster = Cluster.get(system);
            cluster.join(cluster.selfAddress());
            await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
            return new TestGateway(system, GaplessGateway.start(system, List.of(), open.apply(Gapless.get(system))));
        } catch (RuntimeException | Error e) {
            end(system);
            throw e;
        }
    }

    private static ActorSystem system(String config) {
        return ActorSystem.create(
                "test",
                ConfigFactory.parseString(config)
                        .withFallback(ConfigFactory.parseString(QUICK))
                        .withFallback(ConfigFactory.load()));
    }

    /** One on a further node of another's cluster; that one's first if null. */
    static TestGateway join(TestGateway other, String config, Topic<?>... topics) {
        ActorSystem system = system(config);
        try {
            Cluster cluster = Cluster.get(system);
            cluster.join(
                    other == null
                            ? cluster.selfAddress()
                            : Cluster.get(other.system).selfAddress());
            await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
            return new TestGateway(system, GaplessGateway.start(system, topics));
        } catch (RuntimeException | Error e) {
            end(system);
            throw e;
        }
    }

    /** One on a further node of the cluster with a member at this address, which may be another process. */
    static TestGateway joinAt(String address, String config) {
        ActorSystem system = system(config);
        Cluster cluster = Cluster.get(system);
        cluster.join(AddressFromURIString.parse(address));
        await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        return new TestGateway(system, GaplessGateway.start(system));
    }

    /** Where its node is, for others to join it. */
    String address() {
        return Cluster.get(system).selfAddress().toString();
    }

    /** A further member of its cluster, which answers nothing. */
    static ActorSystem memberWithoutGapless(TestGateway other) {
        ActorSystem system = system("pekko.extensions = [], pekko.library-extensions = []");
        Cluster cluster = Cluster.get(system);
        cluster.join(Cluster.get(other.system).selfAddress());
        await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        return system;
    }

    ActorSystem system() {
        return system;
    }

    Gapless gapless() {
        return Gapless.get(system);
    }

    GaplessGateway gateway() {
        return gateway;
    }

    URI uri(String path) {
        return URI.create(gateway.uri() + path);
    }

    /** A path of this topic. */
    static String path(String topic, String what) {
        return "/api/topics/" + URLEncoder.encode(topic, StandardCharsets.UTF_8).replace("+", "%20") + "/" + what;
    }

    // ------------------------------------------------------------------ HTTP

    HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(DEADLINE);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Ok, or the code of the refusal. What goes on is ended. */
    static String outcome(CompletionStage<HttpResponse<InputStream>> sent) {
        HttpResponse<InputStream> answer = get(sent);
        try (InputStream in = answer.body()) {
            return answer.statusCode() == 200
                    ? "ok"
                    : json(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                            .path("type")
                            .asText()
                            .replace("urn:gapless:", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of the first series that begins so. */
    double metric(String series) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    HttpResponse<String> post(String path, String type, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(DEADLINE)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> publish(String topic, String json) {
        return post(path(topic, "messages"), "application/json", json);
    }

    /**
     * Publishes the numbers from this one on until one is delivered: behind it nothing is on its way to a feed. What a slow consumer is
     * expired past is never delivered, so that one message may not do.
     *
     * @return the last number
     */
    int publishUntilDelivered(String topic, int from) {
        for (int number = from; ; number++) {
            HttpResponse<String> answer =
                    post(path(topic, "messages") + "?wait=delivered", "application/json", "" + number);
            if (answer.statusCode() == 200) {
                return number;
            } else if (number > from + 100 || !answer.body().contains("\"first_missing\"")) {
                throw new AssertionError(answer.statusCode() + " " + answer.body());
            }
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        return get(http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())); // the body may never end
    }

    // ------------------------------------------------------------------ clients

    JsonSocket webSocket() {
        return webSocket("/api/ws");
    }

    JsonSocket webSocket(String path) {
        return closing(JsonSocket.open(http, uri(path)));
    }

    /** A WebSocket that was told that it is connected. */
    JsonSocket client() {
        JsonSocket client = webSocket();
        client.await("connected");
        return client;
    }

    EventStream events(String path, String... headers) {
        return closing(EventStream.open(http, uri(path), headers));
    }

    /** Ends with this. */
    <C extends Client> C closing(C one) {
        opened.add(one);
        return one;
    }

    // ------------------------------------------------------------------

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    /** Waits until it holds, or fails. */
    static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new AssertionError("Not within " + DEADLINE);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    static <V> V get(CompletionStage<V> stage) {
        return stage.toCompletableFuture()
                .orTimeout(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static void end(ActorSystem system) {
        system.terminate();
        get(system.getWhenTerminated());
    }

    /** Its node leaves the cluster in good order, and ends. */
    void leave() {
        end(system);
    }

    @Override
    public void close() {
        opened.forEach(Client::close);
        end(system);
    }
}
