package dev.gapless.simulation.oracle;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Of which lives one process has heard as members, and until when; by stamps, which rise with everything that happens. */
public final class Heard {
    private final LongSupplier stamps;
    private final Map<Long, Long> appeared = new HashMap<>();
    private final Map<Long, Long> removed = new HashMap<>();
    private final Map<String, Long> latestAt = new HashMap<>();
    private long up = Long.MAX_VALUE;
    private long joined = Long.MAX_VALUE;

    public Heard(LongSupplier stamps) {
        this.stamps = stamps;
    }

    /** It becomes a member: it is told of all who are there, and from now on of all who come. */
    public void joins() {
        joined = stamps.getAsLong();
    }

    /** It is up: those of whom it has heard are its subscriptions' members from now on. */
    public void isUp() {
        up = stamps.getAsLong();
    }

    /** That life appeared at this address: whoever was there before is gone. */
    public void appeared(long uid, String address) {
        appeared.putIfAbsent(uid, stamps.getAsLong());
        Long predecessor = latestAt.put(address, uid);
        if (predecessor != null) {
            removed(predecessor);
        }
    }

    public void removed(long uid) {
        removed.putIfAbsent(uid, stamps.getAsLong());
    }

    public long now() {
        return stamps.getAsLong();
    }

    /** When it became a member. */
    long joined() {
        return joined;
    }

    /** Is it told that this life is there? */
    public boolean knows(long uid) {
        return appeared.containsKey(uid) && !removed.containsKey(uid);
    }

    /** Has it known that life as a member, at this moment or later? */
    boolean knewSince(long uid, long stamp) {
        return appeared.containsKey(uid) && removed.getOrDefault(uid, Long.MAX_VALUE) > stamp;
    }

    /** Had it heard of that life's end when the other one appeared? */
    boolean knewTheEndWhenAppeared(long uid, long other) {
        return removed.getOrDefault(uid, Long.MAX_VALUE) <= appeared.getOrDefault(other, Long.MAX_VALUE);
    }

    /** Had it heard of that life before this moment? */
    boolean knewBefore(long uid, long stamp) {
        return up < stamp && appeared.getOrDefault(uid, Long.MAX_VALUE) < stamp;
    }
}
