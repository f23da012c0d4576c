package dev.gapless.bench.process;

import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Receiver;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What a subscriber gets: checked, counted, and timed against the moment at which it was to be sent. */
final class Reception implements Receiver {
    private static final long LONGEST_NS = 600_000_000_000L;
    private static final int DIGITS = 3;

    /** A subscriber that gets messages so late is behind ... */
    private static final long BEHIND_NS = 100_000_000;

    /** ... until it gets one so early. */
    private static final long LEVEL_NS = 10_000_000;

    /** Grows with what it holds: there may be thousands of receptions, and of few the latencies count. */
    private final Histogram latencies = new Histogram(DIGITS);

    private final AtomicLong received = new AtomicLong();
    private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
    private final long first;
    private final long step;
    private Checker checker = new Checker();
    private boolean behind;
    private long levelNs;
    private long restarts;
    private long toldNs;
    private volatile long newcomerNs;
    private volatile Window window = Window.NONE;

    /** Of all messages from number 1 on. */
    Reception() {
        this(1, 1);
    }

    /** Of each step-th message from the first one on: a publisher has numbered those of several topics. */
    Reception(long first, long step) {
        this.first = first;
        this.step = step;
    }

    /** From now on, latencies of messages that are to be sent within it count. */
    void measure(Window measured) {
        window = measured;
    }

    @Override
    public void take(byte[] bytes, int offset, int length) {
        if (!BenchMessage.isWhole(bytes, offset, length)) {
            checker.gotDamaged();
            return;
        }
        takeNumber(BenchMessage.numberAt(bytes, offset), BenchMessage.intendedNsAt(bytes, offset, length));
    }

    @Override
    public void takeNumber(long number, long intendedNs) {
        if (intendedNs != 0 && window.contains(intendedNs)) {
            time(intendedNs);
        }
        checker.got((number - first) % step == 0 ? (number - first) / step + 1 : 0);
        publish(received.getPlain() + 1);
    }

    private void time(long intendedNs) {
        long nowNs = System.nanoTime();
        long ageNs = Math.max(0, Math.min(LONGEST_NS, nowNs - intendedNs));
        latencies.recordValue(ageNs);
        if (ageNs > BEHIND_NS) {
            behind = true;
        } else if (behind && levelNs == 0 && ageNs < LEVEL_NS) {
            levelNs = nowNs;
        }
    }

    /** Lets the thread that awaits messages see what was written before. */
    private void publish(long count) {
        received.lazySet(count);
    }

    @Override
    public void takeGap(long first, long count) {
        checker.gotGap(first, count);
        publish(received.getPlain());
    }

    /** The messages of the incarnation before must have come without a hole; how many were published in it nobody knows. */
    @Override
    public void takeRestart() {
        toldNs = System.nanoTime();
        restarts++;
        String verdict = checker.verdict(checker.highest());
        if (!verdict.isEmpty()) {
            takeProblem("before the publisher was restarted: " + verdict);
        }
        checker = new Checker();
        publish(received.getPlain());
    }

    @Override
    public void takeNewcomer() {
        newcomerNs = System.nanoTime();
    }

    @Override
    public void takeProblem(String what) {
        problem.compareAndSet(null, what);
    }

    long received() {
        return received.get();
    }

    /**
     * Waits until this many are there, or for as long as some come; are they there?
     *
     * @param published how many of its messages there are; after a restart, since then
     */
    boolean await(long published) throws InterruptedException {
        long before = received();
        long sinceNs = System.nanoTime();
        while (checker.highest() < published
                && problem.get() == null
                && System.nanoTime() - sinceNs < Patience.PROGRESS.toNanos()) {
            Thread.sleep(1);
            long now = received();
            if (now != before) {
                before = now;
                sinceNs = System.nanoTime();
            }
        }
        return checker.highest() >= published;
    }

    /** Once they are awaited: what is wrong, in words; empty if nothing is. */
    String verdict(long published) {
        received();
        String told = problem.get();
        return told == null ? checker.verdict(published) : told;
    }

    /** Waits for a message that comes twice: it would come now. */
    static void awaitTwice() throws InterruptedException {
        Thread.sleep(20);
    }

    /** Waits for the messages of all of these. What is wrong, in words; only the first may have been told of a gap. */
    static String problemOf(List<Reception> all, long published) throws InterruptedException {
        for (Reception reception : all) {
            if (!reception.await(published)) {
                break;
            }
        }
        awaitTwice();
        for (int i = 0; i < all.size(); i++) {
            String verdict = all.get(i).verdict(published);
            if (!verdict.isEmpty()) {
                return all.size() == 1 ? verdict : "subscription " + (i + 1) + ": " + verdict;
            } else if (i > 0 && all.get(i).story().announced() > 0) {
                return "subscription " + (i + 1) + " missed messages though it was not stuck";
            }
        }
        return "";
    }

    /** The latencies, once the last message has come. */
    Histogram latencies() {
        return latencies;
    }

    /** What else happened, once the last message has come. */
    Story story() {
        return new Story(checker.announced(), levelNs, restarts, toldNs, newcomerNs);
    }
}
