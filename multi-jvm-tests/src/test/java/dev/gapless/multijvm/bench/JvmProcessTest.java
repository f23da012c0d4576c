package dev.gapless.multijvm.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JvmProcessTest {
    /** More than a reader's buffer takes at once, less than a pipe holds. */
    private static final int LINES = 10_000;

    @TempDir
    private Path directory;

    /** Says everything at once, then that it has, by a file; and stays. */
    static final class Talker {
        public static void main(String[] arguments) throws IOException, InterruptedException {
            System.out.print("here\n".repeat(LINES));
            System.out.flush();
            Files.createFile(Path.of(arguments[0]));
            TimeUnit.HOURS.sleep(1);
        }
    }

    @Test
    void whatAProcessSaidBeforeItWasKilledIsHeard() {
        Path said = directory.resolve("said");
        CountDownLatch gone = new CountDownLatch(1);
        AtomicInteger heard = new AtomicInteger();
        JvmProcess.Listener slow = new JvmProcess.Listener() {
            @Override
            public void line(String line) {
                heard.incrementAndGet();
                awaitUninterrupted(gone);
            }

            @Override
            public void ends() {}
        };
        JvmProcess process = new JvmProcess(
                JvmProcess.classPath(),
                List.of(),
                Talker.class.getName(),
                List.of(said.toString()),
                directory.resolve("stderr.log"),
                slow);
        Await.until("it has said everything", () -> Files.exists(said));
        var ended = ProcessHandle.of(process.pid()).orElseThrow().onExit().thenRun(gone::countDown);
        process.close();
        ended.join();
        assertEquals(LINES, heard.get());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
