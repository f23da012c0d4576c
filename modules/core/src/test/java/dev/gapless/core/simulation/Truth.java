package dev.gapless.core.simulation;

import dev.gapless.core.Epoch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was really appended to each log, as the publishers saw it, in the order in which the logs were made. */
final class Truth {
    private final Map<String, List<Life>> lives = new TreeMap<>();
    private final Map<Epoch, Life> byEpoch = new HashMap<>();

    /** One life of a node that has a log, and all that was ever in it. */
    static final class Life {
        final String node;
        final long uid;
        final Epoch epoch;
        final int index;
        final List<Long> contents = new ArrayList<>();
        final List<Long> timesMs = new ArrayList<>();
        /** It closed its log in good order. */
        boolean left;
        /** Others have had the chance to hear of it. */
        boolean wasMember;

        private Life(String node, long uid, Epoch epoch, int index) {
            this.node = node;
            this.uid = uid;
            this.epoch = epoch;
            this.index = index;
        }

        long head() {
            return contents.size();
        }

        /** How many messages were published before that time. */
        long before(long timeMs) {
            long count = 0;
            while (count < head() && timesMs.get((int) count) < timeMs) {
                count++;
            }
            return count;
        }
    }

    void node(String node) {
        lives.computeIfAbsent(node, n -> new ArrayList<>());
    }

    Iterable<String> nodes() {
        return lives.keySet();
    }

    boolean isNode(String name) {
        return lives.containsKey(name);
    }

    void logMade(String node, long uid, Epoch epoch, boolean member) {
        List<Life> all = lives.get(node);
        Life life = new Life(node, uid, epoch, all.size());
        life.wasMember = member;
        all.add(life);
        if (byEpoch.put(epoch, life) != null) {
            throw new Violation("G3: epoch " + epoch + " was used before");
        }
    }

    void appended(Epoch epoch, long sequence, long content, long nowMs) {
        Life life = byEpoch.get(epoch);
        if (sequence != life.head() + 1) {
            throw new Violation("G7: sequence " + sequence + " given out behind " + life.head() + " of " + life.node);
        }
        int last = life.timesMs.size() - 1;
        life.timesMs.add(last < 0 ? nowMs : Math.max(nowMs, life.timesMs.get(last)));
        life.contents.add(content);
    }

    void becameMember(long uid) {
        byEpoch.values().stream().filter(life -> life.uid == uid).forEach(life -> life.wasMember = true);
    }

    void left(Epoch epoch) {
        byEpoch.get(epoch).left = true;
    }

    Life life(Epoch epoch) {
        Life life = byEpoch.get(epoch);
        if (life == null) {
            throw new Violation("G3: nobody ever had the epoch " + epoch);
        }
        return life;
    }

    List<Life> lives(String node) {
        return lives.get(node);
    }

    /** The place behind all that was published by this node up to now. */
    Place now(String node) {
        List<Life> all = lives.get(node);
        return all.isEmpty()
                ? Place.NOWHERE
                : new Place(all.size() - 1, all.get(all.size() - 1).head());
    }

    long published() {
        return byEpoch.values().stream().mapToLong(Life::head).sum();
    }
}
