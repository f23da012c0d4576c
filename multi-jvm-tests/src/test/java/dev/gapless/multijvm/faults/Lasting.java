package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestNode;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How long a fault lasts: until it has taken place, and then for a while. */
final class Lasting {
    private Lasting() {}

    /** The fault could not be completed, since the cluster had removed a node that it concerns. */
    static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Interrupted(String what) {
            super(what);
        }
    }

    static void until(String what, List<TestNode> nodes, Callable<Boolean> condition) {
        Await.until(what, () -> isOver(nodes) || condition.call());
        if (isOver(nodes)) {
            throw new Interrupted(what + ", but one of " + nodes + " has ended");
        }
    }

    private static boolean isOver(List<TestNode> nodes) {
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
