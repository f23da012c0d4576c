package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a supervisor sees of a process that ends: {@code Restart=on-failure} starts it again only if it did not end as asked. */
@Timeout(180)
class FatalEndTest {
    /** A command that waits for its end, as a node does, and ends in good order. */
    static final class Waiting {
        public static void main(String[] args) {
            Termination termination = new Termination();
            termination.install();
            if (args.length > 0) {
                new Thread(() -> System.exit(-1), "what Pekko does after a fatal error").start();
            }
            System.out.println("waits");
            termination.requested().join();
            termination.exit(0);
        }
    }

    private static Process start(String... args) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Waiting.class.getName());
        builder.command().addAll(List.of(args));
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static int status(Process process) throws Exception {
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it has not ended");
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aFatalErrorEndsTheProcessWithAStatusThatIsNotZero() throws Exception {
        assertEquals(1, status(start("fatal")));
    }

    @Test
    void aSignalEndsItWithTheStatusOfTheCommand() throws Exception {
        Process process = start();
        assertEquals('w', process.getInputStream().read());
        process.destroy();
        assertEquals(0, status(process));
    }
}
