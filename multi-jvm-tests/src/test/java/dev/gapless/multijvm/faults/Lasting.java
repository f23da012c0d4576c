package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestNode;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How long a fault lasts: until it has taken place, and then for a while. */
final class Lasting {
    private static final long TO_END_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private Lasting() {}

    /** The fault could not be completed, since the cluster had removed a node that it concerns, or all others. */
    static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Interrupted(String what) {
            super(what);
        }
    }

    static void until(String what, List<TestNode> nodes, Callable<Boolean> condition) {
        until(what, () -> nodes.stream().anyMatch(n -> !n.isAlive()), condition);
    }

    /**
     * Waits for a condition.
     *
     * @param isInterrupted says when there is nothing to wait for any more
     */
    static void until(String what, BooleanSupplier isInterrupted, Callable<Boolean> condition) {
        boolean[] holds = new boolean[1];
        Await.until(what, () -> {
            holds[0] = condition.call();
            return holds[0] || isInterrupted.getAsBoolean();
        });
        if (!holds[0]) {
            throw new Interrupted("Not any more: " + what);
        }
    }

    /**
     * One of them did not do what it was told, since the cluster has downed it. A process that ends takes no more commands,
     * and is still there for a moment.
     */
    static boolean isEndOf(List<TestNode> nodes, Throwable failure) {
        if (!(failure instanceof IllegalStateException || failure instanceof UncheckedIOException)) {
            return false;
        }
        long untilNs = System.nanoTime() + TO_END_NS;
        while (nodes.stream().allMatch(TestNode::isAlive) && System.nanoTime() - untilNs < 0) {
            LockSupport.parkNanos(POLL_NS);
        }
        return nodes.stream().anyMatch(n -> !n.isAlive());
    }

    /** The fault lasts for a while. */
    static void last(Random random, int longestMs) {
        sleep(random.nextInt(longestMs));
    }

    static void sleep(int ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }
}
