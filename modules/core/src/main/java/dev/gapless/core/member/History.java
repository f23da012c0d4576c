package dev.gapless.core.member;

import dev.gapless.core.Departure;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.KeptHistory;
import dev.gapless.core.LastPing;
import dev.gapless.core.Now;
import dev.gapless.core.OtherCluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The incarnations that ended, which the members remember together (rule T2), and other clusters of which they heard (rule M4). A history
 * begins with a member that finds none, and is copied from member to member; each adds what it sees, and takes what the others have that it
 * lacks. It is a set, by uid.
 *
 * <p>What is forgotten, as it is too old or there is too much, raises the horizon, unless it said that it published nothing. Not thread-safe.
 */
public final class History {
    /** Other clusters at a time. */
    private static final int MOST_CLUSTERS = 8;
    /** What a stream's end takes of the heap. */
    private static final int STREAM_BYTES = 64;

    private final Bounds bounds;
    private final LastPing lastPing = new LastPing();
    private final Map<Long, Departure> byUid = new HashMap<>();
    /** Invariant: unknown until it is complete. */
    private long id = HistoryId.UNKNOWN;
    /** The one before it. */
    private long idBefore = HistoryId.UNKNOWN;
    /** Since when it is whole. */
    private long horizonMs = Long.MIN_VALUE;

    /** By the uid of the oldest member. */
    private final Map<Long, OtherCluster> clusters = new TreeMap<>();

    /** Those that ended before it was complete, as this node saw. */
    private final Set<Long> seenEarly = new HashSet<>();

    /** What ended up to then may be forgotten here. */
    private long forgottenMs = Long.MIN_VALUE;

    private @Nullable Departure cut;

    /** Made of the rest, when somebody asks. */
    private @Nullable HistoryView view;

    private @Nullable Long digest;

    /**
     * How much is remembered.
     *
     * @param marginMs by so much two members may differ about when something happened
     * @param retentionMs how long
     * @param most how many incarnations
     * @param mostBytes how much of the heap their streams may take, about
     */
    public record Bounds(long marginMs, long retentionMs, int most, long mostBytes) {
        /** Of a quarter of a million streams. */
        private static final long MOST_BYTES = 16L << 20;

        /** With as many streams as usual. */
        public Bounds(long marginMs, long retentionMs, int most) {
            this(marginMs, retentionMs, most, MOST_BYTES);
        }

        /** A minute, a day, a thousand. */
        public static final Bounds DEFAULT = new Bounds(60_000, 24 * 60 * 60 * 1_000L, 1_000);
    }

    public History(Bounds bounds) {
        this.bounds = bounds;
    }

    public boolean isComplete() {
        return id != HistoryId.UNKNOWN;
    }

    /** Until when other members were heard of: nobody else tells who ended. */
    public LastPing lastPing() {
        return lastPing;
    }

    public boolean contains(long uid) {
        return byUid.containsKey(uid);
    }

    /**
     * Nobody has one: this one begins with this incarnation.
     *
     * @param wholeFromMs since when it has everything: who saw others go before does not know who went before those
     */
    public void begin(long uid, long wholeFromMs) {
        id = HistoryId.first(uid);
        horizonMs = Math.max(horizonMs, wholeFromMs);
        changed();
    }

    /** There is nobody but this node, and its store has this one. */
    public void begin(KeptHistory kept) {
        kept.departures().forEach(this::add);
        id = kept.id();
        horizonMs = Math.max(horizonMs, kept.horizonMs());
        changed();
    }

    /**
     * Everything that another member has was added: this one is as complete as that one. By then this node knows the cluster's time.
     * What it saw before that may have a time too early.
     */
    public void takeOver(long theirId, long theirHorizonMs, long timeMs) {
        if (!isComplete() && theirId != HistoryId.UNKNOWN) {
            departures().stream()
                    .filter(departure -> seenEarly.contains(departure.uid()))
                    .forEach(departure -> byUid.put(departure.uid(), apart(departure.notBefore(timeMs))));
            seenEarly.clear();
            id = theirId;
        }
        agree(theirId, Math.max(theirHorizonMs, forgottenMs));
    }

    /** Another member has this id, and has forgotten what ended up to then: what it says does not count for later. */
    public void agree(long theirId, long theirHorizonMs) {
        if (isComplete() && theirId != HistoryId.UNKNOWN) {
            become(HistoryId.later(id, theirId));
            horizonMs = Math.max(horizonMs, theirHorizonMs);
            changed();
        }
    }

    /** It is announced to everybody that something of another cluster is missed: from now on no token of before is covered. */
    public void renew(long uid) {
        if (isComplete()) {
            become(HistoryId.next(id, uid));
            changed();
        }
    }

    /** The same, as this one joins, unless another member has announced it for that already. */
    public void renewForJoin(long uid) {
        if (id != HistoryId.next(idBefore, uid)) {
            renew(uid);
        }
    }

    private void become(long newId) {
        if (newId != id) {
            idBefore = id;
            id = newId;
        }
    }

    // ------------------------------------------------------------------ other clusters (rule M4)

    /** Those that are remembered. */
    public List<OtherCluster> clusters() {
        return List.copyOf(clusters.values());
    }

    /** The one with that oldest member; null if it was not heard. */
    public @Nullable OtherCluster cluster(long oldestUid) {
        return clusters.get(oldestUid);
    }

    /** Is anything of another cluster still to be announced? */
    public boolean hasOpenCluster() {
        return clusters.values().stream().anyMatch(OtherCluster::isOpen);
    }

    private boolean hasUnannouncedCluster() {
        return clusters.values().stream()
                .anyMatch(other -> other.isOpen() && other.stage() == OtherCluster.Stage.HEARD);
    }

    /**
     * Another cluster was heard, by this node or another member.
     *
     * @return whether it was announced that it is gone since this node heard of it last; false if there are too many
     */
    public boolean add(OtherCluster other) {
        OtherCluster known = clusters.get(other.oldestUid());
        if (known == null && clusters.size() >= MOST_CLUSTERS && !(other.isOpen() && makeRoom())) {
            return false;
        }
        OtherCluster both = known == null ? other : known.and(other);
        if (!both.equals(known)) {
            clusters.put(other.oldestUid(), both);
            changed();
        }
        return both.goneMs() > (known == null ? Long.MIN_VALUE : known.goneMs());
    }

    /** Is it gone for so long that nobody remembers it? */
    public boolean isTooOld(OtherCluster other, long timeMs) {
        return !other.isOpen() && other.heardMs() < timeMs - bounds.retentionMs();
    }

    /** The one goes that was heard longest ago, of those that are gone. */
    private boolean makeRoom() {
        Optional<OtherCluster> oldest = clusters.values().stream()
                .filter(other -> !other.isOpen())
                .min(Comparator.comparingLong(OtherCluster::heardMs));
        oldest.ifPresent(other -> clusters.remove(other.oldestUid()));
        return oldest.isPresent();
    }

    // ------------------------------------------------------------------ departures

    /** This node saw an incarnation end. */
    public void saw(Departure departure) {
        add(departure);
        if (!isComplete()) {
            seenEarly.add(departure.uid());
        }
    }

    /**
     * The same.
     *
     * @param successorEndedMs when another one of its node had ended that began behind it; it ended in front of that, if that was lately
     */
    public void saw(Departure departure, long successorEndedMs) {
        boolean isLate =
                departure.endedMs() >= successorEndedMs && departure.endedMs() - successorEndedMs <= bounds.marginMs();
        saw(isLate ? departure.at(successorEndedMs - 1) : departure);
    }

    /** An incarnation ended, as a member says. */
    public void add(Departure departure) {
        Departure known = byUid.get(departure.uid());
        Departure merged = known == null ? departure : known.and(departure);
        boolean isNew = known == null || !known.node().equals(merged.node());
        Departure both = isNew ? apart(merged) : merged;
        if (both.equals(known) || (known == null && isForgotten(departure))) {
            return;
        }
        byUid.put(departure.uid(), both);
        if (known != null) {
            staysInFront(both, known.endedMs());
        }
        changed();
        if (byUid.size() > bounds.most()) {
            forget(leastNeeded());
        }
        while (bytes() > bounds.mostBytes()) {
            Departure first = firstWithStreams();
            cut = first;
            forget(first);
        }
    }

    /** No two incarnations of a node ended at the same time: the order in which they did is that in which they are added. */
    private Departure apart(Departure departure) {
        Set<Long> taken = byUid.values().stream()
                .filter(other -> other.uid() != departure.uid() && other.node().equals(departure.node()))
                .map(Departure::endedMs)
                .collect(Collectors.toSet());
        Departure its = departure;
        while (taken.contains(its.endedMs())) {
            its = its.notBefore(its.endedMs() + 1);
        }
        return its;
    }

    /** Somebody saw later that it ended. Incarnations of its node that ended behind it still do: this node knew them in that order. */
    private void staysInFront(Departure departure, long beforeMs) {
        long endedMs = departure.endedMs();
        for (Departure later : departures()) {
            boolean wasBehind = later.node().equals(departure.node()) && later.endedMs() > beforeMs;
            if (wasBehind && later.uid() != departure.uid() && later.endedMs() <= endedMs) {
                endedMs++;
                byUid.put(later.uid(), later.notBefore(endedMs));
            }
        }
    }

    private long bytes() {
        return byUid.values().stream().mapToLong(History::bytes).sum();
    }

    /** Of its streams. */
    private static long bytes(Departure departure) {
        return departure.published() == null ? 0 : (long) departure.published().size() * STREAM_BYTES;
    }

    private Departure firstWithStreams() {
        return departures().stream()
                .filter(departure -> bytes(departure) > 0)
                .findFirst()
                .orElseThrow();
    }

    /** The last one that was forgotten since this was asked, for want of room for its streams; null if none was. */
    public @Nullable Departure takeCut() {
        Departure last = cut;
        cut = null;
        return last;
    }

    /** The first that said that it published nothing, or else the first of all. */
    private Departure leastNeeded() {
        List<Departure> all = departures();
        return all.stream().filter(Departure::publishedNothing).findFirst().orElse(all.get(0));
    }

    private boolean isForgotten(Departure departure) {
        return departure.endedMs() + bounds.marginMs() <= forgottenMs;
    }

    /** The cluster's time rose at once. Members that heard that earlier may have seen the latest ends at the later time. */
    public void timeRose(long fromMs, long toMs) {
        if (toMs - fromMs > bounds.marginMs()) {
            for (Departure departure : departures()) { // those of a node stay in their order
                byUid.put(departure.uid(), apart(dated(departure, fromMs, toMs)));
            }
            if (forgottenMs >= fromMs) { // one that is forgotten may have it, too
                raiseHorizon(toMs);
            }
            changed();
        }
    }

    /**
     * An incarnation ended, as a member says that may not have heard yet that the time rose.
     *
     * @param theirMs the cluster's time there
     * @param timeMs and here
     */
    public void add(Departure departure, long theirMs, long timeMs) {
        add(timeMs - theirMs > bounds.marginMs() ? dated(departure, theirMs, timeMs) : departure);
    }

    /** If it ended just before the time rose, members may differ about when: it counts as of the later time. */
    private Departure dated(Departure departure, long fromMs, long toMs) {
        return departure.endedMs() + bounds.marginMs() >= fromMs ? departure.notBefore(toMs) : departure;
    }

    /** Forgets what is too old. */
    public void forgetOld(long timeMs) {
        for (Departure departure : List.copyOf(byUid.values())) {
            if (departure.endedMs() < timeMs - bounds.retentionMs()) {
                forget(departure);
            }
        }
        if (clusters.values().removeIf(other -> isTooOld(other, timeMs))) {
            changed();
        }
    }

    private void forget(Departure departure) {
        byUid.remove(departure.uid());
        if (!departure.publishedNothing()) {
            raiseHorizon(departure.endedMs());
        }
        changed();
    }

    /** One is forgotten that ended at this time, and may have something to announce. */
    private void raiseHorizon(long endedMs) {
        forgottenMs = Math.max(forgottenMs, endedMs + bounds.marginMs());
        horizonMs = Math.max(horizonMs, forgottenMs);
    }

    /** In the order in which they ended. */
    public List<Departure> departures() {
        List<Departure> departures = new ArrayList<>(byUid.values());
        departures.sort(Comparator.comparingLong(Departure::endedMs).thenComparingLong(Departure::uid));
        return departures;
    }

    /** The id; unknown until it is complete. */
    public long id() {
        return id;
    }

    /** Since when it is whole, in milliseconds since 1970. */
    public long horizonMs() {
        return horizonMs;
    }

    private void changed() {
        view = null;
        digest = null;
    }

    /** Equal for two members that remember the same. Each ping has it, and each that comes is held against it. */
    public long digest() {
        Long known = digest;
        if (known == null) {
            known = digestOfAll();
            digest = known;
        }
        return known;
    }

    private long digestOfAll() {
        long sum = 0;
        for (Departure departure : byUid.values()) {
            sum += HistoryId.mixed(departure.uid() + (departure.published() == null ? 0 : 1));
        }
        for (OtherCluster other : clusters.values()) {
            if (other.isOpen()) {
                sum += HistoryId.mixed(
                        HistoryId.mixed(other.oldestUid()) + other.stage().number());
            }
        }
        return sum + HistoryId.mixed(~id);
    }

    /** What it is now, at this mark of the cluster's time. */
    public HistoryView view(Now clock) {
        HistoryView now = view;
        if (now == null || !now.clock().equals(clock)) {
            List<Departure> departures = now == null ? departures() : now.departures();
            now = new HistoryView(
                    id,
                    horizonMs,
                    !clusters.isEmpty(),
                    hasUnannouncedCluster(),
                    departures,
                    clock,
                    lastPing,
                    bounds.marginMs());
            view = now;
        }
        return now;
    }
}
