package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the stretches of each producer of one topic. The node's shared reader and its catch-up readers share it, so that their
 * positions can be compared. Not thread-safe: for the thread of the topic's consumer.
 */
public final class Eras {
    private static final int LIVES_REMEMBERED = 16;

    private final Map<String, Counted> counted = new HashMap<>(Limits.NODES_AT_FIRST);
    /** Beyond all numbers that were forgotten: whoever comes under such a name again counts on from there. */
    private long floor;

    /** One producer's. */
    private static final class Counted {
        /** Kept for a life that turns out to have been before all that are counted. */
        final long before;
        /** The number of the latest stretch that is known of. Invariant: it never falls. */
        long latest;
        /** Who answered for it; 0 if nobody did. */
        long latestUid;
        /** Is that stretch over? */
        boolean over;
        /** The last few; mostly there is one. */
        List<Numbered<Epoch>> epochs = List.of();
        /** Of the last few lives that ended, by their uids; mostly there is none. */
        List<Numbered<Long>> ends = List.of();

        Counted(long before) {
            this.before = before;
            this.latest = before;
        }

        /** Counts a stretch after all that is known, ends included. */
        long next() {
            latest++;
            latestUid = 0;
            over = false;
            return latest;
        }

        /** Is one stretch all that is counted, and one of these goes on with it? */
        boolean isOnlyOf(Set<Long> present) {
            return ends.isEmpty() && !over && latest == before + 1 && present.contains(latestUid);
        }

        /**
         * The number of the stretch with which a life ends: the same for all readers of this process, whoever comes to it first, and whether
         * or not that life answered it.
         */
        long endOf(long uid, long number) {
            Long known = numberOf(uid, ends);
            long end = known == null ? number : known;
            if (known == null) {
                ends = with(uid, end, ends);
            }
            if (end >= latest) {
                latest = end;
                over = true;
            }
            return end;
        }
    }

    private record Numbered<K>(K key, long number) {}

    private static <K> @Nullable Long numberOf(K key, List<Numbered<K>> among) {
        for (Numbered<K> one : among) {
            if (one.key().equals(key)) {
                return one.number();
            }
        }
        return null;
    }

    private static <K> List<Numbered<K>> with(K key, long number, List<Numbered<K>> before) {
        List<Numbered<K>> all = new ArrayList<>(before);
        all.add(new Numbered<>(key, number));
        return List.copyOf(all.size() > LIVES_REMEMBERED ? all.subList(1, all.size()) : all);
    }

    /** Forgets all nodes except these. Should one come under a forgotten name, it is beyond all that there was. */
    public void retain(Set<String> names) {
        counted.entrySet().removeIf(entry -> {
            boolean gone = !names.contains(entry.getKey());
            floor = gone ? Math.max(floor, entry.getValue().latest + 1) : floor;
            return gone;
        });
    }

    /** Of how many nodes it counts any. */
    public int size() {
        return counted.size();
    }

    private Counted counted(String node) {
        return counted.computeIfAbsent(node, n -> new Counted(floor));
    }

    /** The era of an epoch: a new one unless it is known, which also means that nothing went on into it silently. */
    public Era of(String node, LogIdentity log, long uid) {
        Counted c = counted(node);
        Long known = numberOf(log.epoch(), c.epochs);
        if (known == null) {
            known = c.next();
            c.epochs = with(log.epoch(), known, c.epochs);
        }
        c.latestUid = known == c.latest ? uid : c.latestUid;
        return new Era(node, known, log.epoch(), log.first(), uid);
    }

    /** The era of a life that never publishes. The epoch is the same in all such lives; their uids tell them apart. */
    public Era ofUnpublished(String node, LogIdentity log, long uid) {
        Era era = of(node, LogIdentity.fresh(new Epoch(uid), log.startedMs()), uid);
        return new Era(node, era.number(), log.epoch(), log.first(), uid);
    }

    /** The era of an epoch that goes on from {@code previous}. */
    public Era continued(String node, Placed previous, LogIdentity log, long uid) {
        Counted c = counted(node);
        boolean goesOn = previous instanceof At at && at.era().number() == c.latest && !c.over;
        if (goesOn && numberOf(log.epoch(), c.epochs) == null) {
            c.epochs = with(log.epoch(), c.latest, c.epochs);
        }
        return of(node, log, uid);
    }

    /**
     * The open end of the stretch that a position is in, the last of that life.
     *
     * @param uid the life
     */
    public End endOf(At position, long uid) {
        Era era = position.era();
        long number = counted(era.node()).endOf(uid, era.number());
        return End.of(era.node(), number, position.position(), era.first(), era.uid());
    }

    /** The end of a life that said, when it left, where its log ends, whether or not it was ever heard of here. */
    public End endOfDeparted(String node, long uid, LogEnd end) {
        Counted c = counted(node);
        Epoch epoch = end.log().epoch();
        Long known = numberOf(epoch, c.epochs);
        if (known != null) {
            c.endOf(uid, known);
            return End.exact(node, known, end, uid);
        }
        Long number = numberOf(uid, c.ends);
        number = number == null ? c.next() : number;
        c.epochs = with(epoch, number, c.epochs);
        return End.exact(node, c.endOf(uid, number), end, uid);
    }

    /**
     * The same, of a life that was over before these came, of which somebody has a position. Null if nobody knows where it lies among other
     * lives of its node that were heard of here.
     */
    public @Nullable End endBefore(String node, long uid, LogEnd end, Set<Long> present) {
        Counted c = counted(node);
        if (c.latest == c.before || knows(node, end.log().epoch())) {
            return endOfDeparted(node, uid, end);
        }
        if (!c.isOnlyOf(present)) {
            return null;
        }
        c.epochs = with(end.log().epoch(), c.before, c.epochs);
        return End.exact(node, c.endOf(uid, c.before), end, uid);
    }

    /**
     * The open end of a life that answered here before, though whoever is to be told has nothing of it; null if it did not, so that nobody
     * knows where it lies among others.
     */
    public @Nullable End endOfAnswered(String node, long uid) {
        Counted c = counted.get(node);
        Long number = c == null ? null : numberOf(uid, c.ends);
        if (c == null || number == null) {
            return null;
        }
        long end = number;
        boolean answered = c.epochs.stream().anyMatch(epoch -> epoch.number() == end);
        return answered ? End.of(node, end, null, 1, 0) : null;
    }

    /** Did a life with that log answer here? */
    public boolean knows(String node, Epoch epoch) {
        Counted c = counted.get(node);
        return c != null && numberOf(epoch, c.epochs) != null;
    }

    /** The stretch of an exact end. */
    public static Era eraOf(End end, LogEnd of, long uid) {
        return new Era(end.node(), end.number(), of.log().epoch(), of.log().first(), uid);
    }

    /** The open end of a life that never answered: after all that is known, ends of other lives included. */
    public End endOfUnheard(String node, long uid) {
        Counted c = counted(node);
        return End.of(node, c.endOf(uid, c.latest + 1), null, 1, 0);
    }

    /** The open end of a position that nobody answers for: after all that is known. */
    public End endOfUnanswered(String node, @Nullable Position position) {
        Counted c = counted(node);
        c.over = true;
        return End.of(node, c.latest, position, 1, 0);
    }
}
