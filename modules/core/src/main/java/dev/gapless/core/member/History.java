package dev.gapless.core.member;

import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The incarnations that ended, which the members remember together (rule T2). A history begins with a member that finds none, and is
 * copied from member to member; each adds what it sees, and takes what the others have that it lacks. It is a set, by uid.
 *
 * <p>What is forgotten, as it is too old or there is too much, raises the horizon. Not thread-safe.
 */
public final class History {
    /** The id of any history: of one that nobody knows. */
    public static final long UNKNOWN = 0;

    private static final int MOST_IDS = 8;
    /** So many that are more than is remembered may come at once. */
    private static final int MOST_AT_ONCE = 64;

    private final Bounds bounds;
    private final Map<Long, Departure> byUid = new HashMap<>();
    /** For each id since when it is whole. Invariant: empty until it is complete. */
    private final Map<Long, Long> horizons = new HashMap<>();

    /** Those that ended before it was complete, as this node saw. */
    private final Set<Long> seenEarly = new HashSet<>();

    /** Histories that went on elsewhere, as was heard before this one was complete, with the horizons that they have from then on. */
    private final Map<Long, Long> parted = new HashMap<>();

    /** What ended up to then may be forgotten here. */
    private long forgottenMs = Long.MIN_VALUE;

    /**
     * Stands for those of other clusters that were forgotten as there was too much, up to the last of them: whoever asks may not have heard
     * of them (rule M4). Here they were told.
     */
    private @Nullable Departure forgottenElsewhere;

    /** Made of the rest, when somebody asks. */
    private @Nullable HistoryView view;

    private @Nullable Long digest;

    /**
     * How much is remembered.
     *
     * @param marginMs by so much two members may differ about when something happened
     * @param retentionMs how long
     * @param most how many incarnations; for a moment twice as many, and some more
     */
    public record Bounds(long marginMs, long retentionMs, int most) {
        /** A minute, a day, a thousand. */
        public static final Bounds DEFAULT = new Bounds(60_000, 24 * 60 * 60 * 1_000L, 1_000);
    }

    public History(Bounds bounds) {
        this.bounds = bounds;
    }

    public boolean isComplete() {
        return !horizons.isEmpty();
    }

    public boolean contains(long uid) {
        return byUid.containsKey(uid);
    }

    /** Was there ever too much, or something too old? */
    public boolean hasForgotten() {
        return forgottenMs != Long.MIN_VALUE;
    }

    /** Does nobody know what that one published, which ended? */
    public boolean isUnknown(long uid) {
        Departure departure = byUid.get(uid);
        return departure != null && departure.published() == null;
    }

    /** May it be one that came from another cluster, and was forgotten as there was too much? Other members may still remember it. */
    public boolean mayBeForgotten(long uid) {
        return !byUid.containsKey(uid) && forgottenElsewhere != null;
    }

    /** Nobody has one: this one begins, under this id. Nothing that ended before can be in a token of it. */
    public void begin(long id) {
        horizons.put(id, Long.MIN_VALUE);
        changed();
    }

    /**
     * Everything that another member has was added: this one is as complete as that one. By then this node knows the cluster's time.
     * What it saw before that may have a time too early.
     */
    public void takeOver(Map<Long, Long> theirs, long timeMs) {
        if (!isComplete() && !theirs.isEmpty()) {
            byUid.replaceAll((uid, departure) -> seenEarly.contains(uid) ? departure.notBefore(timeMs) : departure);
            seenEarly.clear();
        }
        new TreeMap<>(theirs).forEach((id, horizon) -> {
            if (horizons.size() < MOST_IDS || horizons.containsKey(id)) {
                horizons.merge(id, Math.max(Math.max(horizon, forgottenMs), partedMs(id)), Math::max);
            }
        });
        changed();
    }

    private long partedMs(long id) {
        return Math.max(parted.getOrDefault(id, Long.MIN_VALUE), parted.getOrDefault(UNKNOWN, Long.MIN_VALUE));
    }

    /**
     * Histories with these ids go on elsewhere: what their tokens of up to now, or soon, know of those who ended is not what this one has.
     * {@return whether this one has any of them}
     */
    public boolean partFrom(Set<Long> ids, long timeMs) {
        long horizonMs = timeMs + bounds.marginMs();
        if (!isComplete()) {
            boolean tooMany = parted.size() + ids.size() > MOST_IDS;
            (tooMany ? Set.of(UNKNOWN) : ids).forEach(id -> parted.put(id, horizonMs));
        }
        Map<Long, Long> shared = new HashMap<>(horizons);
        if (!ids.contains(UNKNOWN)) {
            shared.keySet().retainAll(ids);
        }
        shared.replaceAll((id, horizon) -> horizonMs);
        raise(shared);
        return !shared.isEmpty();
    }

    /** Another member has forgotten what ended up to then, or parted from others: what it says does not count for later. */
    public void raise(Map<Long, Long> theirs) {
        horizons.replaceAll((id, horizon) -> Math.max(horizon, theirs.getOrDefault(id, horizon)));
        changed();
    }

    /** This node saw an incarnation end. */
    public void saw(Departure departure) {
        add(departure);
        if (!isComplete()) {
            seenEarly.add(departure.uid());
        }
    }

    /** An incarnation ended, as a member says. */
    public void add(Departure departure) {
        if (departure.isOfNobody() && byUid.containsKey(departure.standsForUid())) {
            return;
        }
        Departure known = byUid.get(departure.uid());
        Departure both = known == null ? departure : known.and(departure);
        if (both.equals(known) || (known == null && isForgotten(departure))) {
            return;
        }
        byUid.put(departure.uid(), both);
        changed();
        if (byUid.size() > 2 * bounds.most() + MOST_AT_ONCE) {
            forgetAsTooMuch(inOrder().get(0));
        }
    }

    private boolean isForgotten(Departure departure) {
        return departure.endedMs() + bounds.marginMs() <= forgottenMs;
    }

    /** The cluster's time rose at once. Members that heard that earlier may have seen the latest ends at the later time. */
    public void timeRose(long fromMs, long toMs) {
        if (toMs - fromMs > bounds.marginMs()) {
            byUid.replaceAll((uid, departure) ->
                    departure.endedMs() + bounds.marginMs() >= fromMs ? departure.notBefore(toMs) : departure);
            changed();
        }
    }

    /** Forgets what is too old, or too much; what is new has been told by then. */
    public void forgetOld(long timeMs) {
        if (byUid.size() > bounds.most()) {
            inOrder().subList(0, byUid.size() - bounds.most()).forEach(this::forgetAsTooMuch);
        }
        for (Departure departure : List.copyOf(byUid.values())) {
            if (isTooOld(departure, timeMs)) {
                forget(departure);
            }
        }
        if (forgottenElsewhere != null && isTooOld(forgottenElsewhere, timeMs)) {
            forgottenElsewhere = null;
            changed();
        }
    }

    private boolean isTooOld(Departure departure, long timeMs) {
        return departure.endedMs() < timeMs - bounds.retentionMs();
    }

    private void forgetAsTooMuch(Departure departure) {
        Departure before = forgottenElsewhere;
        if (departure.elsewhere() && (before == null || before.endedMs() <= departure.endedMs())) {
            forgottenElsewhere = departure.standIn();
        }
        forget(departure);
    }

    private void forget(Departure departure) {
        byUid.remove(departure.uid());
        forgottenMs = Math.max(forgottenMs, departure.endedMs() + bounds.marginMs());
        horizons.replaceAll((id, horizon) -> Math.max(horizon, forgottenMs));
        changed();
    }

    private List<Departure> inOrder() {
        List<Departure> departures = new ArrayList<>(byUid.values());
        departures.sort(Comparator.comparingLong(Departure::endedMs).thenComparingLong(Departure::uid));
        return departures;
    }

    /** What whoever asks is to add. */
    public List<Departure> forOthers() {
        List<Departure> departures = inOrder();
        if (forgottenElsewhere != null) {
            departures.add(forgottenElsewhere);
        }
        return departures;
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
        for (Departure departure : forOthers()) {
            sum += mixed(departure.uid() + (departure.published() == null ? 0 : 1));
        }
        for (long id : horizons.keySet()) {
            sum += mixed(~id);
        }
        return sum;
    }

    private static long mixed(long number) {
        long z = number * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 32)) * 0xD6E8FEB86659FD93L;
        return z ^ (z >>> 29);
    }

    /** What it is now, at this mark of the cluster's time. */
    public HistoryView view(Now clock) {
        HistoryView now = view;
        if (now == null || !now.clock().equals(clock)) {
            List<Departure> departures = now == null ? inOrder() : now.departures();
            now = new HistoryView(isComplete(), horizons, departures, clock, bounds.marginMs());
            view = now;
        }
        return now;
    }
}
