package dev.gapless.core.node;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which of two members is the older one: of one data center the one that joined earlier, of two the one that was started earlier, by
 * their own clocks. One that stands in for a node is younger than all that do not. Two nodes come to the same answer. Not thread-safe.
 */
final class Seniority {
    private final long uid;
    private final long startedMs;
    /** Invariant: of members alone. */
    private final Map<Long, Joined> joined = new HashMap<>();
    /** When members were started, as their Hellos say. Invariant: of members alone. */
    private final Map<Long, Long> started = new HashMap<>();

    Seniority(NodeSettings settings) {
        this.uid = settings.uid();
        this.startedMs = settings.startedMs();
    }

    void joined(Joined member) {
        joined.put(member.uid(), member);
    }

    void started(long memberUid, long atMs) {
        started.put(memberUid, atMs);
    }

    /** These are the members now. */
    void retain(Set<Long> incarnations) {
        joined.keySet().retainAll(incarnations);
        started.keySet().retainAll(incarnations);
    }

    boolean isOf(Set<Long> incarnations) {
        return incarnations.containsAll(joined.keySet()) && incarnations.containsAll(started.keySet());
    }

    /** Is that member older than this node? */
    boolean isOlder(long otherUid) {
        return isOlder(otherUid, uid);
    }

    private boolean isOlder(long oneUid, long otherUid) {
        Joined one = joined.get(oneUid);
        Joined other = joined.get(otherUid);
        if (one == null || other == null) {
            return false; // this node has not appeared
        }
        if (one.standsIn() != other.standsIn()) {
            return other.standsIn();
        }
        int order = one.dataCenter().equals(other.dataCenter())
                ? Long.compare(one.number(), other.number())
                : Long.compare(startedMs(oneUid), startedMs(otherUid));
        return order == 0 ? oneUid < otherUid : order < 0;
    }

    private long startedMs(long memberUid) {
        return memberUid == uid ? startedMs : started.getOrDefault(memberUid, Long.MAX_VALUE);
    }

    /** Is this node the oldest of these? */
    boolean isOldest(Set<Long> incarnations) {
        return incarnations.stream().noneMatch(other -> other != uid && isOlder(other));
    }

    /** How many of these are older than this node? */
    int older(Set<Long> incarnations) {
        return (int) incarnations.stream().filter(this::isOlder).count();
    }

    /** The oldest of these, of which this node is one. */
    long oldest(Set<Long> incarnations) {
        long oldest = uid;
        for (long incarnation : incarnations) {
            oldest = isOlder(incarnation, oldest) ? incarnation : oldest;
        }
        return oldest;
    }
}
