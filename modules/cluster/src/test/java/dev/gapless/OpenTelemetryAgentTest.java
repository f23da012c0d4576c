package dev.gapless;

import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two JVMs with OpenTelemetry's Java agent: what one publishes in a span the other handles in the same trace. */
@Tag("thorough")
@Tag("day0")
@SuppressWarnings("try") // a scope is closed, and that is all
class OpenTelemetryAgentTest {
    private static final Path AGENT = Path.of("target", "agent", "opentelemetry-javaagent.jar");
    private static final int MESSAGES = 800;
    private static final int MINUTES = 3;
    private static final Pattern PUBLISHED = Pattern.compile("(?m)^published (\\d+) ([0-9a-f]{32})$");
    private static final Pattern HANDLED = Pattern.compile("(?m)^handled (\\d+) ([0-9a-f]{32})$");
    /** A span as the agent's exporter for logs writes it. */
    private static final Pattern EXPORTED = Pattern.compile("'process traced' : ([0-9a-f]{32}) [0-9a-f]{16} CONSUMER");

    @TempDir
    private Path directory;

    /** One node: {@code PORT SEED_PORT publish|subscribe TRACING}. */
    public static final class Node {
        private Node() {}

        public static void main(String[] arguments) throws Exception {
            ActorSystem system = ActorSystem.create(
                    "test",
                    ConfigFactory.parseString("pekko.remote.artery.canonical.port = " + arguments[0]
                                    + "\ngapless.tracing = " + arguments[3])
                            .withFallback(TestCluster.config("")));
            Cluster.get(system).join(new Address("pekko", "test", "127.0.0.1", Integer.parseInt(arguments[1])));
            Topic<Integer> topic = Topic.of("traced", Integer.class);
            if (arguments[2].equals("publish")) {
                publish(Gapless.get(system).producer(topic));
            } else {
                subscribe(Gapless.get(system), topic);
            }
            system.terminate();
            get(system.getWhenTerminated());
        }

        private static void publish(Producer<Integer> producer) throws Exception {
            Tracer tracer = GlobalOpenTelemetry.getTracer("test");
            for (int i = 0; i < MESSAGES; i++) {
                Span span = tracer.spanBuilder("request " + i).startSpan();
                try (Scope scope = span.makeCurrent()) {
                    get(producer.publish("key " + i % 7, i));
                } finally {
                    span.end();
                }
                System.out.println(
                        "published " + i + " " + span.getSpanContext().getTraceId());
            }
            get(producer.publish("end", -1, Receipt.heldBy(1), java.time.Duration.ofMinutes(1)));
        }

        private static void subscribe(Gapless gapless, Topic<Integer> topic) throws Exception {
            CountDownLatch ended = new CountDownLatch(1);
            Subscription subscription = gapless.subscribe(topic, StartFrom.latest(), new MessageHandler<>() {
                @Override
                public void onMessage(Delivery<Integer> delivery) {
                    if (delivery.message() == -1) {
                        ended.countDown();
                    } else {
                        System.out.println("handled " + delivery.message() + " "
                                + Span.current().getSpanContext().getTraceId());
                    }
                }

                @Override
                public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                    return CompletableFuture.failedFuture(new AssertionError("missed " + expired));
                }
            });
            get(subscription.ready());
            System.out.println("ready");
            assertTrue(ended.await(MINUTES, TimeUnit.MINUTES), "the last message came");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process start(String role, int port, int seedPort, boolean tracing) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea:dev.gapless...",
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-javaagent:" + AGENT.toAbsolutePath(),
                        "-Dotel.traces.exporter=logging",
                        "-Dotel.metrics.exporter=none",
                        "-Dotel.logs.exporter=none",
                        "-Dotel.bsp.schedule.delay=100",
                        "-Dgapless.deadline.seconds=120",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Node.class.getName(),
                        Integer.toString(port),
                        Integer.toString(seedPort),
                        role,
                        tracing ? "on" : "off")
                .redirectErrorStream(true)
                .redirectOutput(log(role).toFile())
                .start();
    }

    private Path log(String role) {
        return directory.resolve(role + ".log");
    }

    private String said(String role) {
        try {
            return Files.readString(log(role));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void run(boolean tracing) throws Exception {
        assertTrue(Files.exists(AGENT), "profile thorough copies " + AGENT);
        int seedPort = freePort();
        Process subscriber = start("subscribe", seedPort, seedPort, tracing);
        try {
            awaitReady(subscriber);
            Process publisher = start("publish", freePort(), seedPort, tracing);
            try {
                assertTrue(publisher.waitFor(MINUTES, TimeUnit.MINUTES), () -> said("publish"));
                assertEquals(0, publisher.exitValue(), () -> said("publish"));
                assertTrue(subscriber.waitFor(MINUTES, TimeUnit.MINUTES), () -> said("subscribe"));
                assertEquals(0, subscriber.exitValue(), () -> said("subscribe"));
            } finally {
                publisher.destroyForcibly();
            }
        } finally {
            subscriber.destroyForcibly();
        }
    }

    /** A JVM with the agent takes long to come up where others want the processors, too. */
    private void awaitReady(Process subscriber) {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        while (!said("subscribe").contains("\nready")) {
            assertTrue(subscriber.isAlive(), () -> said("subscribe"));
            assertTrue(System.nanoTime() - until < 0, () -> "not ready: " + said("subscribe"));
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static Map<Integer, String> traces(Pattern line, String text) {
        Map<Integer, String> traces = new TreeMap<>();
        for (MatchResult one : line.matcher(text).results().toList()) {
            traces.put(Integer.valueOf(one.group(1)), one.group(2));
        }
        return traces;
    }

    @Test
    void eachOf800MessagesIsHandledInTheTraceInWhichItWasPublished() throws Exception {
        run(true);
        Map<Integer, String> published = traces(PUBLISHED, said("publish"));
        assertEquals(MESSAGES, Set.copyOf(published.values()).size(), "each in a trace of its own");
        assertEquals(published, traces(HANDLED, said("subscribe")));
        Set<String> exported = new HashSet<>();
        EXPORTED.matcher(said("subscribe")).results().forEach(span -> exported.add(span.group(1)));
        assertEquals(Set.copyOf(published.values()), exported, "a span of each handler is exported");
    }

    @Test
    void switchedOffNoneIs() throws Exception {
        run(false);
        Map<Integer, String> handled = traces(HANDLED, said("subscribe"));
        assertEquals(MESSAGES, handled.size());
        assertEquals(
                List.of(),
                handled.entrySet().stream()
                        .filter(one -> one.getValue()
                                .equals(traces(PUBLISHED, said("publish")).get(one.getKey())))
                        .toList());
    }
}
