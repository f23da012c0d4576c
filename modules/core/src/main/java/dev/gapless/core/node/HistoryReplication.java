package dev.gapless.core.node;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.KeptHistory;
import dev.gapless.core.Now;
import dev.gapless.core.OtherCluster;
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
final class HistoryReplication {
    /** So many pings in vain, and this node begins a history by itself. */
    private static final int MOST_ATTEMPTS = 10;
    /** The number of parts for which nobody asked. */
    private static final long UNASKED = 0;

    private final NodeSettings settings;
    private final Outbox outbox;
    private final History history;
    private final ClusterTime time;
    private HistoryView announced = HistoryView.NOTHING;

    /** Of the latest question; 0 before the first. */
    private long question;
    /** Whom it is for, and how many parts of its answer have come, one after the other. */
    private long askedUid;

    private int parts;
    private final DepartureParts departures = new DepartureParts();
    private int attempts;
    private long askAgainNs;
    /** Those that tell of another memory than ours. */
    private final Map<Long, Differing> differing = new HashMap<>();

    /** Members whose clocks are too far ahead. */
    private final Set<Long> ahead = new HashSet<>();

    /** How often in a row it told the same, while ours was the same. */
    private record Differing(long theirs, long ours, int times) {}

    HistoryReplication(NodeSettings settings, Outbox outbox, Now now) {
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
    void retain(Set<Long> incarnations) {
        ahead.retainAll(incarnations);
        differing.keySet().retainAll(incarnations);
    }

    HistoryView view() {
        return history.view(time.mark());
    }

    /** Is there anything that the shards have not been told? */
    boolean hasNews() {
        return !view().equals(announced);
    }

    /**
     * What the shards are told. Of an incarnation that others saw end earlier they hear when this node sees it, too: until then no token has
     * passed its end.
     *
     * @param known those that are members here, or join
     */
    HistoryView announced(LongPredicate known) {
        Departure cut = history.takeCut();
        if (cut != null && cut.published() != null) {
            outbox.add(new Effect.HistoryCut(cut.node(), cut.published().size()));
        }
        announced = view();
        return announced.without(known);
    }

    // ------------------------------------------------------------------ asking

    /** Nobody has one. Who saw others go before does not know who went before those, and who asked in vain may not know who is there. */
    void begin(Now now) {
        boolean late = attempts > 0 || !history.departures().isEmpty();
        history.begin(settings.uid(), late ? timeMs(now) : Long.MIN_VALUE);
    }

    /** This is the only node, and its store has one. */
    void begin(KeptHistory kept) {
        history.begin(kept);
    }

    /** Asks the next of these, if no answer is under way. */
    void ask(Set<Long> members, Now now) {
        List<Long> others = new ArrayList<>(members);
        others.remove(settings.uid());
        if (now.ns() - askAgainNs < 0 || others.isEmpty()) {
            return;
        }
        if (attempts >= MOST_ATTEMPTS) {
            begin(now);
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
        boolean next = part.fromUid() == askedUid && part.number() == question && part.index() == parts;
        departures.take(part, next).forEach(departure -> history.add(departure, part.timeMs(), timeMs(now)));
        takeClusters(part, now);
        parts = next ? parts + 1 : parts;
        // Whom the other one still knows, and this node does not, it may not have seen the end of.
        boolean knowsAll = part.incarnations().stream()
                .allMatch(incarnation -> known.test(incarnation) || history.contains(incarnation));
        if (next && parts == part.parts() && knowsAll) {
            history.takeOver(part.historyId(), part.horizonMs(), timeMs(now));
        }
    }

    /**
     * Was it announced that another cluster is gone, and this node at the same time something else, by an id with the same count? Then its
     * it is still to be announced to subscriptions. And a word that a member heard later, by a clock that is behind, counts all the same.
     */
    private void takeClusters(HistoryPart part, Now now) {
        long count = HistoryId.count(history.id());
        history.agree(part.historyId(), part.horizonMs());
        boolean isAnnounced = HistoryId.count(history.id()) > count;
        for (OtherCluster other : part.clusters()) {
            OtherCluster known = history.cluster(other.oldestUid());
            if (known == null && history.isTooOld(other, timeMs(now))) {
                continue; // whoever takes it for open yet has to hear that it is not
            }
            if (part.number() == UNASKED
                    && other.isOpen()
                    && known != null
                    && !known.and(other).isOpen()) {
                history.add(known.heard(other.name(), other.members(), other.heardMs()));
            } else if (history.add(other) && !isAnnounced) {
                history.renew(other.oldestUid());
                isAnnounced = true;
            }
        }
    }

    // ------------------------------------------------------------------ answering

    /** With these members, and those that join: the end of a newcomer that was up by its own view is still to be remembered. */
    void answer(AskHistory ask, Set<Long> incarnations, Now now) {
        parts(ask.fromUid(), ask.number(), history.departures(), incarnations, now)
                .forEach(part -> outbox.send(ask.fromUid(), part));
    }

    /** These departures, and the rest of this history. */
    private List<HistoryPart> parts(
            long toUid, long number, List<Departure> departures, Set<Long> incarnations, Now now) {
        List<DepartureParts.Part> lists = DepartureParts.of(departures);
        List<HistoryPart> parts = new ArrayList<>();
        for (DepartureParts.Part list : lists) {
            boolean last = parts.size() == lists.size() - 1;
            parts.add(new HistoryPart(
                    settings.uid(),
                    toUid,
                    number,
                    timeMs(now),
                    parts.size(),
                    lists.size(),
                    list.departures(),
                    list.continued(),
                    list.continues(),
                    last ? history.id() : HistoryId.UNKNOWN,
                    last ? history.horizonMs() : Long.MIN_VALUE,
                    last ? history.clusters() : List.of(),
                    last ? incarnations : Set.of()));
        }
        return parts;
    }

    // ------------------------------------------------------------------ other clusters (rule M4)

    /** This node heard another cluster. {@return false if there are too many} */
    boolean hear(OtherCluster other) {
        history.add(other);
        return history.cluster(other.oldestUid()) != null;
    }

    /** So much of it is announced to everybody: its subscriptions, and whoever resumes with a token of before. */
    void announce(OtherCluster other, Set<Long> incarnations, Now now) {
        history.add(other);
        history.renew(settings.uid());
        spread(incarnations, now);
    }

    /** That one joins. It may be of a cluster of which not everything was told: that comes first. */
    void joined(long uid) {
        if (history.hasOpenCluster()) {
            history.renewForJoin(uid);
        }
    }

    /** Tells these of other clusters. Who does not hear it asks later, as it remembers something else. */
    void spread(Set<Long> incarnations, Now now) {
        for (long incarnation : incarnations) {
            if (incarnation != settings.uid()) {
                parts(incarnation, UNASKED, List.of(), Set.of(), now).forEach(part -> outbox.send(incarnation, part));
            }
        }
    }

    /** This node leaves, and nothing is published here any more: everybody is told how far its logs go, in as many parts as it takes. */
    void sayFarewell(Map<Epoch, Long> published, Set<Long> incarnations) {
        List<Map<Epoch, Long>> parts = DepartureParts.inParts(published);
        if (parts.size() > Farewell.MOST_PARTS) {
            outbox.add(new Effect.HistoryCut(settings.name(), published.size())); // nobody knows: its end is a loss
            return;
        }
        for (long member : incarnations) {
            if (member != settings.uid()) {
                for (int i = 0; i < parts.size(); i++) {
                    outbox.send(member, new Farewell(settings.uid(), member, i, parts.size(), parts.get(i)));
                }
            }
        }
    }

    // ------------------------------------------------------------------ pings

    /** Takes the cluster's time from a ping, and asks its sender if that has told for a while that it remembers something else. */
    void onPing(Ping ping, Now now) {
        heardTime(ping.fromUid(), ping.timeMs(), now);
        history.lastPing().heard(Math.min(ping.timeMs(), timeMs(now)));
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

    /** Nobody is there who would send one. */
    void nobodyPings() {
        history.lastPing().nobodySends();
    }

    /** Once an interval. */
    void onTime(Now now) {
        history.forgetOld(timeMs(now));
    }
}
