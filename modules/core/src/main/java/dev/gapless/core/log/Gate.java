package dev.gapless.core.log;

/**
 * Whether the logs of one shard take messages: from when its node is up. Until then a publish waits, since nobody is
 * owed what a node publishes that was never let in (P14). Thread-safe.
 *
 * <p>Invariant: once open, it stays open.
 */
public final class Gate {
    private volatile boolean open;

    /** Of a node that is up. */
    public static Gate opened() {
        Gate gate = new Gate();
        gate.open();
        return gate;
    }

    /** The node is up. Publishes that wait are let in by {@link Log#release}. */
    public void open() {
        open = true;
    }

    public boolean isOpen() {
        return open;
    }
}
