package dev.gapless.core.node;

import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.LogEnd;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.ClusterTime;
import dev.gapless.core.member.History;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Ping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * How a node comes to remember what the others do (rule T2): it asks one of them after the other until one has answered whole, and later
 * whoever tells in pings that it remembers something else. Not thread-safe.
 */
final class Memory {
    /** So many pings in vain, and this node begins a history by itself. */
    private static final int MOST_ATTEMPTS = 10;
    /** The number of parts for which nobody asked. */
    private static final long UNASKED = 0;

    private final NodeSettings settings;
    private final Outbox outbox;
    private final History history;
    private final ClusterTime time;
    private HistoryView told = HistoryView.NOTHING;

    /** Of the latest question; 0 before the first. */
    private long question;
    /** Whom it is for, and how many parts of its answer have come, one after the other. */
    private long askedUid;

    private int parts;
    private int attempts;
    private boolean beganLate;
    private long askAgainNs;
    /** Those that tell of another memory than ours. */
    private final Map<Long, Differing> differing = new HashMap<>();

    /** Members whose clocks are too far ahead. */
    private final Set<Long> ahead = new HashSet<>();

    /** How often in a row it told the same, while ours was the same. */
    private record Differing(long theirs, long ours, int times) {}

    Memory(NodeSettings settings, Outbox outbox, Now now) {
        this.settings = settings;
        this.outbox = outbox;
        this.history = new History(settings.history());
        this.time = new ClusterTime(now);
        this.askAgainNs = now.ns();
    }

    History history() {
        return history;
    }

    /** The cluster's time, in milliseconds since 1970. */
    long timeMs(Now now) {
        return time.ms(now);
    }

    /** A member's time. */
    void heardTime(long uid, long theirMs, Now now) {
        long before = timeMs(now);
        if (!time.heard(theirMs, now) && ahead.add(uid)) {
            outbox.add(new Effect.ClockAhead(uid, theirMs));
        }
        history.timeRose(before, timeMs(now));
    }

    /** These are the members now. */
    void retain(Set<Long> lives) {
        ahead.retainAll(lives);
        differing.keySet().retainAll(lives);
    }

    HistoryView view() {
        return history.view(time.mark());
    }

    /** Is there anything that the shards have not been told? */
    boolean hasNews() {
        return !view().equals(told);
    }

    /**
     * What the shards are told. Of an incarnation that others saw end earlier they hear when this node sees it, too: until then no token has
     * passed its end.
     *
     * @param known those that are members here, or join
     */
    HistoryView told(LongPredicate known) {
        told = view();
        return told.without(known);
    }

    // ------------------------------------------------------------------ asking

    /** Nobody has one. Who saw others go before does not know who went before those. */
    void begin() {
        beganLate = !view().departures().isEmpty() || attempts > 0;
        history.begin(settings.uid());
    }

    /** Has it everybody who was a member since the cluster began? */
    boolean isWhole() {
        return !beganLate && !history.hasForgotten();
    }

    /** Asks the next of these, if no answer is under way. */
    void ask(Set<Long> members, Now now) {
        List<Long> others = new ArrayList<>(members);
        others.remove(settings.uid());
        if (now.ns() - askAgainNs < 0 || others.isEmpty()) {
            return;
        }
        if (attempts >= MOST_ATTEMPTS) {
            begin();
            return;
        }
        ask(others.get(attempts++ % others.size()));
        askAgainNs = now.ns() + settings.pingNs();
    }

    private void ask(long memberUid) {
        askedUid = memberUid;
        parts = 0;
        outbox.send(memberUid, new AskHistory(settings.uid(), memberUid, ++question));
    }

    /**
     * Takes a part of an answer.
     *
     * @param known those that are members here, or join
     */
    void take(HistoryPart part, LongPredicate known, Now now) {
        heardTime(part.fromUid(), part.timeMs(), now);
        part.departures().forEach(history::add);
        history.raise(part.horizons());
        boolean next = part.fromUid() == askedUid && part.number() == question && part.index() == parts;
        parts = next ? parts + 1 : parts;
        // Whom the other one still knows, and this node does not, it may not have seen the end of.
        boolean knowsAll = part.lives().stream().allMatch(life -> known.test(life) || history.contains(life));
        if (next && parts == part.parts() && knowsAll) {
            history.takeOver(part.horizons(), timeMs(now));
        }
    }

    // ------------------------------------------------------------------ answering

    /** With these members, and those that join: the end of a newcomer that was up by its own view is still to be remembered. */
    void answer(AskHistory ask, Set<Long> lives, Now now) {
        parts(ask.fromUid(), ask.number(), history.forOthers(), lives, now)
                .forEach(part -> outbox.send(ask.fromUid(), part));
    }

    /** These departures, and the rest of this history. */
    List<HistoryPart> parts(long toUid, long number, List<Departure> departures, Set<Long> lives, Now now) {
        List<List<Departure>> lists = inParts(departures);
        List<HistoryPart> parts = new ArrayList<>();
        for (List<Departure> list : lists) {
            boolean last = parts.size() == lists.size() - 1;
            parts.add(new HistoryPart(
                    settings.uid(),
                    toUid,
                    number,
                    timeMs(now),
                    parts.size(),
                    lists.size(),
                    list,
                    last ? view().horizons() : Map.of(),
                    last ? lives : Set.of()));
        }
        return parts;
    }

    // ------------------------------------------------------------------ other clusters (rule M4)

    /** Another cluster has not said what its members published, whoever they are. */
    void addOtherCluster(long oldestUid, Set<Long> lives, Now now) {
        long timeMs = timeMs(now);
        Departure nobody = Departure.ofAnotherCluster(oldestUid + timeMs, timeMs); // it may come again
        history.add(nobody);
        spread(List.of(nobody), lives, now);
    }

    /** That life was lost, and somebody listens where it was without a word. */
    void addMute(long uid, Set<Long> lives, Now now) {
        addOtherCluster(uid, lives, now);
    }

    /** The same, but it is silent no more. */
    void addMuteOver(long uid, Set<Long> lives, Now now) {
        addOtherCluster(~uid, lives, now);
    }

    /** Was everybody told of it, and not yet once more, as it is silent no more? */
    boolean wasToldOfMute(long uid) {
        return lastToldMs(uid) > lastToldMs(~uid);
    }

    private long lastToldMs(long uid) {
        return view().departures().stream()
                .filter(departure -> departure.isOfNobody() && departure.uid() - uid > 0)
                .filter(departure -> departure.uid() - uid <= departure.endedMs())
                .mapToLong(departure ->
                        departure.uid() - uid) // its time when it was told: that of its end may have risen since
                .max()
                .orElse(Long.MIN_VALUE);
    }

    /**
     * Is what another cluster published known to be missed here? Not if the cluster's time rose at once meanwhile: then nobody knows what was
     * first.
     *
     * @param heardMs when it was heard for the last time; it may have published until then
     * @param handingOverMs if one of its members was handed over no longer than that before, all that there was came with it; but not if that
     *     one was left behind, and lived on
     */
    boolean wasToldOf(Set<Long> members, long heardMs, long handingOverMs) {
        return time.roseMs() < heardMs && wasToldSince(members, heardMs, heardMs - handingOverMs);
    }

    private boolean wasToldSince(Set<Long> members, long heardMs, long handedOverMs) {
        return view().departures().stream()
                .filter(Departure::elsewhere)
                .anyMatch(departure -> departure.isOfNobody()
                        ? departure.endedMs() >= heardMs
                        : departure.endedMs() >= handedOverMs
                                && members.contains(departure.uid())
                                && !livedOn(departure, heardMs));
    }

    /** Was its cluster heard after it was handed over by another, which did not know its end? */
    private static boolean livedOn(Departure departure, long heardMs) {
        return departure.published() == null && departure.endedMs() < heardMs;
    }

    /**
     * Another cluster says what its members published; nobody here heard of that before. {@return whether some of them ended here before
     * without a word, or may have, and lived on there: then what they published since is still to be told}
     */
    boolean takeFromOtherCluster(List<Departure> departures, Set<Long> lives, Now now) {
        boolean livedOn = departures.stream()
                .anyMatch(departure -> history.isUnknown(departure.uid()) || history.mayBeForgotten(departure.uid()));
        long timeMs = timeMs(now);
        List<Departure> here = departures.stream()
                .map(departure -> history.contains(departure.uid()) ? departure : departure.elsewhere(timeMs))
                .toList();
        here.forEach(history::add);
        spread(here, lives, now);
        return livedOn;
    }

    /** The ids of the histories that it goes on from, and whether there may be others. */
    Set<Long> histories() {
        Set<Long> ids = new HashSet<>(view().horizons().keySet());
        if (beganLate || !history.isComplete()) {
            ids.add(History.UNKNOWN);
        }
        return ids;
    }

    /** Another cluster goes on from histories with these ids, too. */
    void partFrom(Set<Long> ids, Set<Long> lives, Now now) {
        if (history.partFrom(ids, timeMs(now))) {
            spread(List.of(), lives, now);
        }
    }

    /** Tells all members. Who does not hear it asks later, as it remembers something else. */
    private void spread(List<Departure> departures, Set<Long> lives, Now now) {
        for (long life : lives) {
            if (life != settings.uid()) {
                parts(life, UNASKED, departures, Set.of(), now).forEach(part -> outbox.send(life, part));
            }
        }
    }

    private static List<List<Departure>> inParts(List<Departure> departures) {
        List<List<Departure>> lists = new ArrayList<>();
        List<Departure> part = new ArrayList<>();
        long bytes = 0;
        for (Departure departure : departures) {
            long size = departure.published() == null ? 0 : sizeOf(departure.published());
            if (part.size() == HistoryPart.MOST || bytes + size > Limits.MAX_FAREWELL_BYTES) {
                lists.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(departure);
            bytes += size;
        }
        lists.add(part);
        return lists;
    }

    /** This node leaves, and nothing is published here any more: everybody is told how far its logs go. Too much for one message nobody knows. */
    void sayFarewell(Map<String, LogEnd> published, Set<Long> lives) {
        if (sizeOf(published) > Limits.MAX_FAREWELL_BYTES) {
            return;
        }
        for (long member : lives) {
            if (member != settings.uid()) {
                outbox.send(member, new Farewell(settings.uid(), member, published));
            }
        }
    }

    /** On the wire, about, and not less. */
    private static long sizeOf(Map<String, LogEnd> published) {
        return published.keySet().stream()
                .mapToLong(topic -> 64 + 3L * topic.length())
                .sum();
    }

    // ------------------------------------------------------------------ pings

    /** Takes the cluster's time from a ping, and asks its sender if that has told for a while that it remembers something else. */
    void onPing(Ping ping, Now now) {
        heardTime(ping.fromUid(), ping.timeMs(), now);
        long ours = history.digest();
        if (ping.history() == ours || !history.isComplete()) {
            differing.remove(ping.fromUid());
            return;
        }
        Differing before = differing.get(ping.fromUid());
        boolean same = before != null && before.theirs() == ping.history() && before.ours() == ours;
        int times = before != null && same ? before.times() + 1 : 1;
        differing.put(ping.fromUid(), new Differing(ping.history(), ours, times));
        if (times > 1 && Integer.bitCount(times) == 1) { // ever more rarely, if that is of no use
            ask(ping.fromUid());
        }
    }

    /** Once an interval. */
    void onTime(Now now) {
        history.forgetOld(timeMs(now));
    }
}
