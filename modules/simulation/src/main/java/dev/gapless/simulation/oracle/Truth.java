package dev.gapless.simulation.oracle;

import dev.gapless.core.Epoch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was really appended to each log, as the publishers saw it, in the order in which the logs were made. */
public final class Truth {
    private final Map<String, List<Life>> lives = new TreeMap<>();
    private final Map<Epoch, Life> byEpoch = new HashMap<>();
    private final Map<Long, Long> members = new HashMap<>();
    /** Lives that are no members any more, and when they became members. */
    private final Map<Long, Long> former = new HashMap<>();

    private final Map<Long, String> addresses = new HashMap<>();

    /** One life of a node that has a log, and all that was ever in it. */
    public static final class Life {
        final String node;
        public final long uid;
        /** What others know it by before it says its name. */
        final String address;

        public final Epoch epoch;
        final List<Long> contents = new ArrayList<>();
        final List<Long> timesMs = new ArrayList<>();
        private final List<Long> publishedNs = new ArrayList<>();
        /** It closed its log in good order. */
        boolean left;
        /** What it had published when it was taken off the members: what comes later is not published in the cluster. */
        private long headWhenRemoved = Long.MAX_VALUE;
        /** Only then it may accept messages. */
        boolean wasMember;
        /** By a stamp. */
        long memberSince = Long.MAX_VALUE;

        private Life(String node, long uid, String address, Epoch epoch) {
            this.node = node;
            this.uid = uid;
            this.address = address;
            this.epoch = epoch;
        }

        private void joined(long stamp) {
            wasMember = true;
            memberSince = stamp;
        }

        /** Is this the name of its node, or its address, as far as that is known? */
        boolean goesBy(String name) {
            boolean addressIsUnknown = address.equals(node);
            return name.equals(node) || name.equals(address) || (addressIsUnknown && name.startsWith(node + ":"));
        }

        public long head() {
            return contents.size();
        }

        private void wasRemoved() {
            headWhenRemoved = Math.min(head(), headWhenRemoved);
        }

        boolean isRemoved() {
            return headWhenRemoved != Long.MAX_VALUE;
        }

        /** Up to where others have a claim to it. */
        long owed() {
            return Math.min(head(), headWhenRemoved);
        }

        /** When this was published, in virtual time. */
        long publishedNs(long sequence) {
            return publishedNs.get((int) sequence - 1);
        }

        /** How many messages were published before that time. */
        long before(long timeMs) {
            long count = 0;
            while (count < head() && timesMs.get((int) count) < timeMs) {
                count++;
            }
            return count;
        }

        @Override
        public String toString() {
            return node + " " + epoch;
        }
    }

    public void node(String node) {
        lives.computeIfAbsent(node, n -> new ArrayList<>());
    }

    /** A life begins at this address; else it goes by its node's name from the beginning. */
    public void address(long uid, String address) {
        addresses.put(uid, address);
    }

    public Iterable<String> nodes() {
        return lives.keySet();
    }

    boolean isNode(String name) {
        return lives.containsKey(name);
    }

    public void logMade(String node, long uid, Epoch epoch) {
        List<Life> all = lives(node);
        String address = addresses.getOrDefault(uid, node);
        Life life = new Life(node, uid, address, epoch);
        Long since = members.get(uid);
        Long before = former.get(uid);
        if (since != null) {
            life.joined(since);
        } else if (before != null) {
            life.joined(before);
            life.wasRemoved();
        }
        all.add(life);
        if (byEpoch.put(epoch, life) != null) {
            throw new Violation("G3: epoch " + epoch + " was used before");
        }
    }

    /** By a right clock. */
    public void appended(String node, Epoch epoch, long sequence, long content, long nowMs) {
        appended(node, epoch, sequence, content, nowMs, nowMs * 1_000_000);
    }

    /**
     * A publisher has a message in its log.
     *
     * @param nowMs by its clock, in milliseconds since 1970
     * @param rightNs in virtual time
     */
    public void appended(String node, Epoch epoch, long sequence, long content, long nowMs, long rightNs) {
        Life life = life(node, epoch);
        if (!life.wasMember) {
            throw new Violation(
                    "P14: " + life.node + " accepts " + epoch + ":" + sequence + ", and never was a member");
        }
        if (sequence != life.head() + 1) {
            throw new Violation("G7: sequence " + sequence + " given out behind " + life.head() + " of " + life.node);
        }
        int last = life.timesMs.size() - 1;
        if (last >= 0 && content < life.contents.get(last)) {
            throw new Violation("G7: message " + content + " of " + life.node + " is sequenced behind a later one");
        }
        life.timesMs.add(last < 0 ? nowMs : Math.max(nowMs, life.timesMs.get(last)));
        life.publishedNs.add(rightNs);
        life.contents.add(content);
    }

    public void becameMember(long uid, long stamp) {
        members.put(uid, stamp);
        byEpoch.values().stream().filter(life -> life.uid == uid).forEach(life -> life.joined(stamp));
    }

    public void isNoMemberAnyMore(long uid) {
        Long since = members.remove(uid);
        if (since != null) {
            former.put(uid, since);
        }
        byEpoch.values().stream().filter(life -> life.uid == uid).forEach(Life::wasRemoved);
    }

    public void left(String node, Epoch epoch) {
        life(node, epoch).left = true;
    }

    /** The life of that epoch, whosever it is. */
    public Life life(String node, Epoch epoch) {
        Life life = byEpoch.get(epoch);
        if (life == null) {
            throw new Violation("G3: nobody ever had the epoch " + epoch);
        }
        return life;
    }

    public List<Life> lives(String node) {
        List<Life> all = lives.get(node);
        if (all == null) {
            throw new Violation("G3: there is no node " + node);
        }
        return all;
    }

    /** The lives of all nodes, but for those that never publish. */
    Collection<Life> lives() {
        return byEpoch.values();
    }

    public boolean hasPublished(long uid) {
        return byEpoch.values().stream().anyMatch(life -> life.uid == uid && life.head() > 0);
    }

    public long published() {
        return byEpoch.values().stream().mapToLong(Life::head).sum();
    }
}
