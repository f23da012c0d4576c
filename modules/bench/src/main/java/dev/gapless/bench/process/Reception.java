package dev.gapless.bench.process;

import dev.gapless.bench.peer.Message;
import dev.gapless.bench.peer.Receiver;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What a subscriber gets: checked, counted, and timed against the moment at which it was to be sent. */
final class Reception implements Receiver {
    private static final long LONGEST_NS = 600_000_000_000L;
    private static final int DIGITS = 3;

    private final Checker checker = new Checker();
    private final Histogram latencies = new Histogram(1, LONGEST_NS, DIGITS);
    private final AtomicLong received = new AtomicLong();
    private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
    private volatile Window window = Window.NONE;

    /** From now on, latencies of messages that are to be sent within it count. */
    void measure(Window measured) {
        window = measured;
    }

    @Override
    public void take(byte[] bytes, int offset) {
        if (!Message.isWhole(bytes, offset)) {
            checker.gotDamaged();
            return;
        }
        long intendedNs = Message.intendedNsAt(bytes, offset);
        if (intendedNs != 0 && window.contains(intendedNs)) {
            latencies.recordValue(Math.max(0, Math.min(LONGEST_NS, System.nanoTime() - intendedNs)));
        }
        checker.got(Message.numberAt(bytes, offset));
        received.lazySet(received.getPlain() + 1); // and what was written before
    }

    @Override
    public void takeProblem(String what) {
        problem.compareAndSet(null, what);
    }

    long received() {
        return received.get();
    }

    /** Waits until as many have come, or for as long as some come; says what is wrong, or nothing. */
    String await(long published, long patienceNs) throws InterruptedException {
        long before = received();
        long sinceNs = System.nanoTime();
        while (before < published && problem.get() == null && System.nanoTime() - sinceNs < patienceNs) {
            Thread.sleep(5);
            long now = received();
            if (now != before) {
                before = now;
                sinceNs = System.nanoTime();
            }
        }
        Thread.sleep(20); // one that comes twice comes now
        String told = problem.get();
        received();
        return told == null ? checker.verdict(published) : told;
    }

    /** The latencies, once the last message has come. */
    Histogram latencies() {
        return latencies;
    }
}
