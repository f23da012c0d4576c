package dev.gapless.simulation.oracle;

import dev.gapless.core.Epoch;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was really appended to each log, as the publishers saw it, in the order in which the logs were made. */
public final class Truth {
    /** The content of what nobody is given (rule P16). */
    public static final long INVALIDATION = -1;

    /** Messages with an id that were published again. */
    private final Set<Long> repeated = new HashSet<>();

    private final Map<String, List<Incarnation>> incarnations = new TreeMap<>();
    private final Map<Epoch, Incarnation> byEpoch = new HashMap<>();
    private final Map<Long, Long> members = new HashMap<>();
    /** Incarnations that are no members any more, and when they became members. */
    private final Map<Long, Long> former = new HashMap<>();
    /** Who was a member when each became one. */
    private final Map<Long, Set<Long>> amid = new HashMap<>();

    private final Map<Long, String> addresses = new HashMap<>();

    /** One incarnation of a node that has a log, and all that was ever in it. */
    public static final class Incarnation {
        final String node;
        public final long uid;
        /** What others know it by before it says its name. */
        final String address;

        public final Epoch epoch;
        final List<Long> contents = new ArrayList<>();
        final List<Long> timesMs = new ArrayList<>();
        private final List<Long> publishedNs = new ArrayList<>();
        /** That of the last message. */
        private long lastContent = Long.MIN_VALUE;
        /** It closed its log in good order. */
        boolean left;
        /** Is its log stored? Then its publishers may have no answer of what it has. */
        private boolean stored;

        /** Its store has nothing behind this any more. */
        private long lostBehind = Long.MAX_VALUE;
        /** How many incarnations its node had had when that was lost last. */
        private int lostAmid = Integer.MAX_VALUE;

        /** Up to where its publishers have an answer, if it is stored. */
        private long answered;
        /** What it had published when it was taken off the members: what comes later is not published in the cluster. */
        private long headWhenRemoved = Long.MAX_VALUE;
        /** Only then it may accept messages. */
        boolean wasMember;
        /** By a stamp. */
        long memberSince = Long.MAX_VALUE;

        private Incarnation(String node, long uid, String address, Epoch epoch) {
            this.node = node;
            this.uid = uid;
            this.address = address;
            this.epoch = epoch;
        }

        /** Is its log stored, and does no publisher know whether it has this? */
        boolean hasNoAnswerOf(long sequence) {
            return stored && sequence > answered;
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

        /** Up to where its publishers know that it is published: of what is stored they may have no answer. */
        public long known() {
            return stored ? answered : head();
        }

        /** Has its store lost what comes behind this sequence? */
        boolean isLostBehind(long sequence) {
            return sequence >= lostBehind;
        }

        private void onRemoved() {
            headWhenRemoved = Math.min(head(), headWhenRemoved);
        }

        boolean isRemoved() {
            return headWhenRemoved != Long.MAX_VALUE;
        }

        /** Up to where others have a claim to it. */
        long owed() {
            return Math.min(head(), headWhenRemoved);
        }

        /** Is there an invalidation from this sequence on? */
        boolean isInvalidatedFrom(long sequence) {
            int from = (int) Math.min(sequence, head() + 1) - 1;
            return contents.subList(from, contents.size()).contains(INVALIDATION);
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
        incarnations.computeIfAbsent(node, n -> new ArrayList<>());
    }

    /** An incarnation begins at this address; else it goes by its node's name from the beginning. */
    public void address(long uid, String address) {
        addresses.put(uid, address);
    }

    public Iterable<String> nodes() {
        return incarnations.keySet();
    }

    boolean isNode(String name) {
        return incarnations.containsKey(name);
    }

    public void logMade(String node, long uid, Epoch epoch) {
        List<Incarnation> all = incarnations(node);
        String address = addresses.getOrDefault(uid, node);
        Incarnation incarnation = new Incarnation(node, uid, address, epoch);
        Long since = members.get(uid);
        Long before = former.get(uid);
        if (since != null) {
            incarnation.joined(since);
        } else if (before != null) {
            incarnation.joined(before);
            incarnation.onRemoved();
        }
        all.add(incarnation);
        if (byEpoch.put(epoch, incarnation) != null) {
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
        Incarnation incarnation = incarnation(node, epoch);
        if (!incarnation.wasMember) {
            throw new Violation(
                    "P14: " + incarnation.node + " accepts " + epoch + ":" + sequence + ", and never was a member");
        }
        if (sequence != incarnation.head() + 1) {
            throw new Violation(
                    "G7: sequence " + sequence + " given out behind " + incarnation.head() + " of " + incarnation.node);
        }
        int last = incarnation.timesMs.size() - 1;
        if (content != INVALIDATION && content < incarnation.lastContent && !repeated.contains(content)) {
            throw new Violation(
                    "G7: message " + content + " of " + incarnation.node + " is sequenced behind a later one");
        }
        incarnation.lastContent = Math.max(content, incarnation.lastContent);
        incarnation.contents.add(content);
        incarnation.timesMs.add(last < 0 ? nowMs : Math.max(nowMs, incarnation.timesMs.get(last)));
        incarnation.publishedNs.add(rightNs);
    }

    /** This message is published again, with its id: it may be sequenced behind later ones. */
    public void isRepeated(long content) {
        repeated.add(content);
    }

    /** Is it one that {@link #isRepeated}? */
    public boolean mayComeAgain(long content) {
        return repeated.contains(content);
    }

    /** Does this message stand there? */
    public boolean has(String node, Epoch epoch, long sequence, long content) {
        Incarnation incarnation = incarnation(node, epoch);
        return sequence <= incarnation.head() && incarnation.contents.get((int) sequence - 1) == content;
    }

    /** P17: a log does not hold this message twice. */
    public void checkOnce(String node, long content, Log log) {
        List<String> held = new ArrayList<>();
        for (Incarnation incarnation : incarnations(node)) {
            LogPart part = log.parts().get(incarnation.epoch);
            for (long sequence = 1; part != null && sequence <= incarnation.head(); sequence++) {
                long number = part.number(sequence);
                if (incarnation.contents.get((int) sequence - 1) == content
                        && number >= log.oldest()
                        && number <= part.head(log.head())) {
                    held.add(incarnation.epoch + ":" + sequence);
                }
            }
        }
        if (held.size() > 1) { // none if it was overwritten before its publisher was told
            throw new Violation(
                    "P17: message " + content + " of " + node + " has an id, and its log holds it at " + held);
        }
    }

    /** It is stored, and its publisher has no answer yet. The same as {@link #appended}. */
    public void stored(String node, Epoch epoch, long sequence, long content, long nowMs, long rightNs) {
        appended(node, epoch, sequence, content, nowMs, rightNs);
        incarnation(node, epoch).stored = true;
    }

    /**
     * The store of that node is an earlier one.
     *
     * @param heads the last sequence of each incarnation there
     */
    public void goesBack(String node, Map<Long, Long> heads) {
        for (Incarnation incarnation : incarnations(node)) {
            long head = heads.getOrDefault(incarnation.uid, 0L);
            if (head < incarnation.head()) {
                incarnation.lostBehind = Math.min(incarnation.lostBehind, head);
                incarnation.lostAmid = incarnations(node).size();
            }
        }
    }

    /** Has its node's store lost something of that stream? */
    boolean hasLostOf(Epoch epoch) {
        Incarnation incarnation = byEpoch.get(epoch);
        return incarnation != null && incarnation.lostBehind < Long.MAX_VALUE;
    }

    /** Did a source that this one reloaded from claim more of that stream than there ever was? */
    boolean claimsTooMuch(Witness w, Epoch epoch) {
        Incarnation incarnation = byEpoch.get(epoch);
        return incarnation != null && w.reflected.getOrDefault(epoch, 0L) > incarnation.head();
    }

    /** Had its node's store lost something of that stream up to this sequence before the later one was begun? */
    boolean hadLost(Incarnation earlier, long upTo, Incarnation later) {
        return earlier.isLostBehind(upTo - 1) && incarnations(later.node).indexOf(later) >= earlier.lostAmid;
    }

    /** D1: what is published is stored. */
    public void checkStored(String node, Epoch epoch, long sequence, long content) {
        Incarnation incarnation = incarnation(node, epoch);
        if (sequence > incarnation.head() || incarnation.contents.get((int) sequence - 1) != content) {
            throw new Violation("D1: " + content + " is published at " + sequence + " of " + incarnation
                    + ", and is not stored there");
        }
        incarnation.answered = Math.max(incarnation.answered, sequence);
    }

    public void becameMember(long uid, long stamp) {
        amid.put(uid, Set.copyOf(members.keySet()));
        members.put(uid, stamp);
        byEpoch.values().stream()
                .filter(incarnation -> incarnation.uid == uid)
                .forEach(incarnation -> incarnation.joined(stamp));
    }

    /** Was the one removed before the other one came, so that they were no members side by side? */
    boolean cameAfter(Incarnation later, Incarnation earlier) {
        return !amid.getOrDefault(later.uid, Set.of()).contains(earlier.uid);
    }

    public void onMemberGone(long uid) {
        Long since = members.remove(uid);
        if (since != null) {
            former.put(uid, since);
        }
        byEpoch.values().stream().filter(incarnation -> incarnation.uid == uid).forEach(Incarnation::onRemoved);
    }

    public void left(String node, Epoch epoch) {
        incarnation(node, epoch).left = true;
    }

    /** Did its node begin it behind the one with that epoch? */
    boolean isLater(Incarnation incarnation, Epoch than) {
        List<Incarnation> all = incarnations(incarnation.node);
        return all.indexOf(incarnation) > all.indexOf(incarnation(incarnation.node, than));
    }

    /** The incarnation of that epoch, whosever it is. */
    public Incarnation incarnation(String node, Epoch epoch) {
        Incarnation incarnation = byEpoch.get(epoch);
        if (incarnation == null) {
            throw new Violation("G3: nobody ever had the epoch " + epoch);
        }
        return incarnation;
    }

    public List<Incarnation> incarnations(String node) {
        List<Incarnation> all = incarnations.get(node);
        if (all == null) {
            throw new Violation("G3: there is no node " + node);
        }
        return all;
    }

    /** Is it stored, and was a later incarnation of its node a member, whose log goes on with it? */
    boolean goesOn(Incarnation earlier) {
        if (!earlier.stored) {
            return false;
        }
        List<Incarnation> all = incarnations(earlier.node);
        return all.subList(all.indexOf(earlier) + 1, all.size()).stream().anyMatch(one -> one.wasMember);
    }

    /** The incarnations of all nodes, but for those that never publish. */
    Collection<Incarnation> incarnations() {
        return byEpoch.values();
    }

    public boolean hasPublished(long uid) {
        return byEpoch.values().stream().anyMatch(incarnation -> incarnation.uid == uid && incarnation.head() > 0);
    }

    public long published() {
        return byEpoch.values().stream().mapToLong(Incarnation::head).sum();
    }
}
