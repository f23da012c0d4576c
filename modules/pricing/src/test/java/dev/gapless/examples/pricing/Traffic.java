package dev.gapless.examples.pricing;

import dev.gapless.examples.pricing.checker.PriceChecker;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Somebody changes prices, one after the other, and somebody reads them at each instance all the while. */
final class Traffic {
    private static final int SYMBOLS = 20;
    private static final int DELETIONS_OF_TEN = 2;
    private static final long BETWEEN_WRITES_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Hikari looks whether a connection is broken if nobody has used it for half a second. */
    private static final long AFTER_A_FAILURE_NS = TimeUnit.MILLISECONDS.toNanos(600);

    private static final long BETWEEN_READS_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final PriceChecker checker;
    private final Instance publisher;
    private final Random random;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean writes;
    private volatile boolean ends;

    Traffic(PriceChecker checker, Instance publisher, List<Instance> instances, Random random) {
        this.checker = checker;
        this.publisher = publisher;
        this.random = random;
        start("writer", this::write);
        for (Instance instance : instances) {
            start("reader of " + instance.name(), () -> read(instance));
        }
    }

    private void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    /** Prices change from now on, or no longer. */
    void writes(boolean now) {
        writes = now;
    }

    /** How many changes the publisher has confirmed. */
    long written() {
        return written.get();
    }

    /** How often the publisher has refused a change, or has not answered. */
    long failed() {
        return failed.get();
    }

    private void write() {
        while (!ends) {
            if (writes) {
                change("/prices/S" + random.nextInt(SYMBOLS));
            }
            LockSupport.parkNanos(BETWEEN_WRITES_NS);
        }
    }

    private void change(String path) {
        boolean deletes = random.nextInt(10) < DELETIONS_OF_TEN;
        String amount = "?amount=" + random.nextInt(1_000_000) / 100.0;
        try {
            HttpResponse<String> answer =
                    deletes ? publisher.send("DELETE", path) : publisher.send("PUT", path + amount);
            if (answer.statusCode() == 200) {
                written.incrementAndGet();
                if (!deletes) {
                    checker.has("the publisher", Instance.row(answer.body()));
                }
                return;
            }
        } catch (IOException e) {
            // it is dead, or stands still
        }
        failed.incrementAndGet();
        LockSupport.parkNanos(AFTER_A_FAILURE_NS);
    }

    private void read(Instance instance) {
        while (!ends) {
            for (String path : List.of("/prices", "/cached")) {
                ServiceProcess process = instance.process();
                instance.rows(path).ifPresent(rows -> {
                    if (instance.process() == process) { // else either of the two may have said it
                        checker.shows(process.name(), path, rows);
                    }
                });
            }
            LockSupport.parkNanos(BETWEEN_READS_NS);
        }
    }

    void end() throws InterruptedException {
        ends = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
