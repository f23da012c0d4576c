package dev.gapless.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A node in a process of its own, which publishes until it is killed. */
final class PublishingProcess implements AutoCloseable {
    private static final long PAUSE_NS = 20_000_000;

    private final Process process;

    private PublishingProcess(Process process) {
        this.process = process;
    }

    /** @param log its output goes there */
    static PublishingProcess start(TestGateway other, String config, String topic, Path log) {
        try {
            return new PublishingProcess(new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx256m",
                            "-Dgapless.consumers=" + System.getProperty("gapless.consumers", ""),
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            PublishingProcess.class.getName(),
                            other.address(),
                            config,
                            topic))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** It ends at once, as by a failure of its machine. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(TestGateway.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    /** Its process. */
    public static void main(String... arguments) {
        TestGateway gateway = TestGateway.joinAt(arguments[0], arguments[1]);
        var producer = gateway.gapless().producer(Topic.of(arguments[2], JsonNode.class));
        for (int i = 1; ; i++) {
            TestGateway.get(producer.publish("of the process", IntNode.valueOf(i)));
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
