package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that has neither Micrometer nor OpenTelemetry on its class path: a JVM of its own. */
class WithoutOptionalLibrariesTest {
    private static final String MICROMETER = "io.micrometer.core.instrument.MeterRegistry";
    private static final String OPEN_TELEMETRY = "io.opentelemetry.api.trace.Span";

    /** Publishes, misses something, reloads, and asks for the status. */
    public static final class Application {
        private Application() {}

        public static void main(String[] arguments) {
            assertThrows(ClassNotFoundException.class, () -> Class.forName(MICROMETER));
            assertThrows(ClassNotFoundException.class, () -> Class.forName(OPEN_TELEMETRY));
            assertThrows(NoClassDefFoundError.class, () -> new GaplessMetrics(null).bindTo(null));
            try (TestCluster cluster = TestCluster.of(1, "gapless.buffer-messages = 5")) {
                Topic<Integer> topic = Topic.of("bare", Integer.class);
                Recorder<Integer> recorder = new Recorder<>();
                Gapless gapless = cluster.gapless(0);
                Subscription subscription = gapless.subscribe(topic, StartFrom.latest(), recorder);
                get(subscription.ready());
                subscription.pause();
                for (int i = 1; i <= 50; i++) {
                    get(gapless.producer(topic).publish(i));
                }
                subscription.resume();
                await(() -> !recorder.expired().isEmpty());
                await(() -> {
                    get(gapless.producer(topic).publish(51)); // which may be missed, too
                    return recorder.messages().contains(51);
                });
                NodeStatus status = get(gapless.status(Duration.ofSeconds(5))).get(0);
                assertEquals("bare", status.topics().get(0).topic());
                assertEquals(List.of(), recorder.ended());
            }
            System.out.println("all is well");
        }
    }

    @Test
    void everythingButMetersAndTracesWorks(@TempDir Path directory) throws Exception {
        Class.forName(MICROMETER); // here they are
        Class.forName(OPEN_TELEMETRY);
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("micrometer") && !entry.contains("opentelemetry"))
                .collect(Collectors.joining(File.pathSeparator));
        File log = File.createTempFile("without-libraries", ".log", directory.toFile());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea",
                        "-cp",
                        classPath,
                        Application.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            boolean ended = process.waitFor(90, TimeUnit.SECONDS);
            String output = Files.readString(log.toPath());
            assertTrue(ended, () -> "It hangs: " + output);
            assertEquals(0, process.exitValue(), output);
            assertTrue(output.contains("all is well"), output);
        } finally {
            process.destroyForcibly();
        }
    }
}
