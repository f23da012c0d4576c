package dev.gapless.node.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemoProcessTest {
    /** More than a reader's buffer takes at once, less than a pipe holds. */
    private static final int LINES = 10_000;

    @Test
    void whatAProcessSaidBeforeItWasKilledIsHeard() throws Exception {
        // It says everything, then "up" on its standard error, and stays.
        Process process =
                new ProcessBuilder("sh", "-c", "yes up | head -n " + LINES + "; echo up >&2; exec sleep 100").start();
        CountDownLatch gone = new CountDownLatch(1);
        AtomicInteger heard = new AtomicInteger();
        DemoProcess demo = new DemoProcess("n1", process, report -> {
            heard.incrementAndGet();
            awaitUninterrupted(gone);
        });
        assertEquals('u', process.getErrorStream().read(), "it has said everything");
        var ended = process.onExit().thenRun(gone::countDown);
        assertTrue(demo.kill());
        ended.get(30, TimeUnit.SECONDS);
        assertEquals(LINES, heard.get());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
