package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
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
    /** The highest number of those that were forgotten: whoever comes under such a name again counts on from there. */
    private long floor;

    /** One producer's. */
    private static final class Counted {
        /** The number of the latest stretch that is known of. Invariant: it never falls. */
        long latest;
        /** Is that stretch over? */
        boolean over;
        /** The last few; mostly there is one. */
        List<Numbered<Epoch>> epochs = List.of();
        /** Of the last few lives that ended, by their uids; mostly there is none. */
        List<Numbered<Long>> ends = List.of();

        Counted(long latest) {
            this.latest = latest;
        }

        /** Counts a stretch after all that is known, ends included. */
        long next() {
            latest++;
            over = false;
            return latest;
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
            floor = gone ? Math.max(floor, entry.getValue().latest) : floor;
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
    public Era of(String node, LogIdentity log) {
        Counted c = counted(node);
        Long known = numberOf(log.epoch(), c.epochs);
        if (known == null) {
            known = c.next();
            c.epochs = with(log.epoch(), known, c.epochs);
        }
        return new Era(node, known, log.epoch(), log.first());
    }

    /** The era of a life that never publishes. The epoch is the same in all such lives; their uids tell them apart. */
    public Era ofUnpublished(String node, LogIdentity log, long uid) {
        Era era = of(node, LogIdentity.fresh(new Epoch(uid), log.startedMs()));
        return new Era(node, era.number(), log.epoch(), log.first());
    }

    /** The era of an epoch that goes on from {@code previous}. */
    public Era continued(String node, Placed previous, LogIdentity log) {
        Counted c = counted(node);
        boolean goesOn = previous instanceof At at && at.era().number() == c.latest && !c.over;
        if (goesOn && numberOf(log.epoch(), c.epochs) == null) {
            c.epochs = with(log.epoch(), c.latest, c.epochs);
        }
        return of(node, log);
    }

    /**
     * The open end of the stretch that a position is in, the last of that life.
     *
     * @param uid the life
     */
    public End endOf(At position, long uid) {
        Era era = position.era();
        long number = counted(era.node()).endOf(uid, era.number());
        return End.of(era.node(), number, position.position(), era.first());
    }

    /** The open end of a life that never answered: after all that is known, ends of other lives included. */
    public End endOfUnheard(String node, long uid) {
        Counted c = counted(node);
        return End.of(node, c.endOf(uid, c.latest + 1), null, 1);
    }

    /** The open end of a position that nobody answers for: after all that is known. */
    public End endOfUnanswered(String node, @Nullable Position position) {
        Counted c = counted(node);
        c.over = true;
        return End.of(node, c.latest, position, 1);
    }
}
