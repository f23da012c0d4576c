package dev.gapless.simulation.oracle;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Of which incarnations one process has heard as members, and until when; by stamps, which rise with everything that happens. */
public final class Heard {
    private final LongSupplier stamps;
    private final OtherClusters others;
    private final long uid;
    private final Map<Long, Long> appeared = new HashMap<>();
    private final Map<Long, Long> removed = new HashMap<>();
    private final Map<String, Long> latestAt = new HashMap<>();
    private long joined = Long.MAX_VALUE;

    /** Of a process where there is one cluster only. */
    public Heard(LongSupplier stamps) {
        this(stamps, 0, new OneCluster());
    }

    /** Of a process of one of several clusters. */
    public Heard(LongSupplier stamps, long uid, OtherClusters others) {
        this.stamps = stamps;
        this.uid = uid;
        this.others = others;
    }

    /** What this process's cluster has to do with others (rule M4). */
    public interface OtherClusters {
        /** Was that incarnation a member of another one? */
        boolean isElsewhere(long uid);

        /**
         * When somebody here had a word of another one the last time, who was there to tell; of that incarnation's, if it is over.
         *
         * @return in virtual time; {@code Long.MAX_VALUE} while it is not over, and 0 if nobody ever had one
         */
        long heardUntilNs(long uid);

        /** Had anybody here a word of another one? */
        boolean areHeardOf();

        /** Is that incarnation of another one, of which nobody here ever had a word up to now? */
        boolean isStranger(long uid);
    }

    private static final class OneCluster implements OtherClusters {
        @Override
        public boolean isElsewhere(long uid) {
            return false;
        }

        @Override
        public long heardUntilNs(long uid) {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean areHeardOf() {
            return false;
        }

        @Override
        public boolean isStranger(long uid) {
            return false;
        }
    }

    /** Is that process one of another cluster, of which nobody here ever had a word up to now? */
    boolean isStranger(Heard other) {
        return others.isStranger(other.uid);
    }

    OtherClusters others() {
        return others;
    }

    /** It becomes a member: it is told of all who are there, and from now on of all who come. */
    public void joins() {
        joined = stamps.getAsLong();
    }

    /** That incarnation appeared at this address: whoever was there before is gone. */
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

    boolean hasJoined() {
        return joined != Long.MAX_VALUE;
    }

    /** Is it told that this incarnation is there? */
    public boolean knows(long uid) {
        return appeared.containsKey(uid) && !removed.containsKey(uid);
    }

    /** Was it told that this incarnation is a member, and that it is none any more? */
    public boolean sawTheEndOf(long uid) {
        return appeared.containsKey(uid) && removed.containsKey(uid);
    }
}
