package dev.gapless.core.node;

/** So many of something for all shards of a node together. Thread-safe. */
public final class Quota {
    private final int most;
    private int taken;

    public Quota(int most) {
        this.most = most;
    }

    /** The most that there may be. */
    public int most() {
        return most;
    }

    /** How many there are. */
    public synchronized int taken() {
        return taken;
    }

    synchronized boolean take() {
        if (taken == most) {
            return false;
        }
        taken++;
        return true;
    }

    synchronized void giveBack() {
        taken--;
    }
}
