package dev.gapless.internal.publish;

import dev.gapless.core.producer.StoreStatus;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher is told of a store that keeps it waiting. Thread-safe if its supplier is.
 *
 * @param node whose it is
 * @param unopened why the store cannot be opened; empty if it is open, or that is not known yet
 */
record StoreWords(String node, Supplier<Optional<String>> unopened) {
    /** Of a node that has no store, or has not said so yet. */
    static final StoreWords NONE = new StoreWords("", Optional::empty);

    /** Is it known that it takes nothing? */
    boolean fails(@Nullable StoreStatus status) {
        return unopened.get().isPresent() || (status != null && status.hasFailed());
    }

    /** What clients may know of it: nothing of where it is, and what it said. */
    String forClients(@Nullable StoreStatus status) {
        if (status != null && status.state() == StoreStatus.State.FENCED) {
            return "another process has its store, and nothing was published. This node takes nothing until it is started again";
        }
        return isBroken(status)
                ? "what its store has cannot be used, and nothing was published. It takes nothing until the store is repaired"
                : "its store does not answer, and nothing was published. Try again later";
    }

    private static boolean isBroken(@Nullable StoreStatus status) {
        return status != null && status.state() == StoreStatus.State.BROKEN;
    }

    /** Names it. */
    String store() {
        return node.isEmpty() ? "the store of this node" : "the store of node " + node;
    }

    /**
     * What is wrong with it, and what helps.
     *
     * @param status that of the topic's log; null if it has none yet
     */
    String advice(@Nullable StoreStatus status) {
        if (status != null && isBroken(status)) {
            return "What it has of this topic cannot be used: " + status.problem()
                    + ". Put a backup back, repair it (gapless journal repair), or take the version that wrote it, and start the node again"
                    + " (docs/durable.md)";
        }
        String problem = unopened.get().orElse(status == null ? null : status.problem());
        return problem == null
                ? "The log of that node tells if something is wrong with it; `gapless status` shows how it does"
                : "It is tried again (gapless.store-backoff), so nothing is to be restarted once this is mended: "
                        + problem;
    }
}
