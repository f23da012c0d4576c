package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.EndedStreams;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a token says of a subscription that stands at the frontier (rule T1). */
final class Tokens {
    private Tokens() {}

    /**
     * A token.
     *
     * @param known read after the frontier
     * @param pending what it has not been told yet
     * @param unannounced nor that
     * @param durable may a later incarnation's log have a stream that is over?
     */
    static CursorToken of(
            Frontier at,
            StreamsView known,
            Pending pending,
            List<Step.Left> unannounced,
            boolean durable,
            String topic,
            String cluster,
            long filter,
            Now now) {
        HistoryView history = known.history();
        Set<Epoch> toBeAnnounced = toBeAnnounced(pending, unannounced);
        Map<Epoch, CursorToken.Entry> entries = new LinkedHashMap<>();
        for (Place listed : at.places()) {
            Place place = asOfNow(listed, known);
            Epoch epoch = place.stream().epoch();
            boolean over = place.over() && !toBeAnnounced.contains(epoch);
            if (!over || place.kind() == Place.Kind.LOST || known.open().containsKey(epoch)) {
                entries.put(epoch, entry(named(place, known), over));
            }
        }
        known.open().forEach((epoch, stream) -> {
            if (at.get(epoch) == null && !known.isPassed(at, stream)) {
                boolean mayBePassed = durable && known.removed().containsKey(epoch); // elsewhere, in a later log
                entries.put(epoch, entry(Place.at(stream, mayBePassed ? Place.UNKNOWN : 0), false));
            }
        });
        long timeMs = Math.min(pending.sinceMs(), timeMs(at, known, entries, now));
        boolean all = addOver(entries, at, known, toBeAnnounced, history.listedSinceMs(timeMs));
        if (durable) {
            addKept(entries, at, known, toBeAnnounced);
        }
        boolean knows = all && at.notices() >= known.notices() && history.covers(history.id(), timeMs);
        return new CursorToken(
                topic,
                cluster,
                timeMs,
                knows ? history.id() : HistoryId.UNKNOWN,
                entries.values().stream().sorted(CursorToken.IN_ORDER).toList(),
                filter);
    }

    private static Set<Epoch> toBeAnnounced(Pending pending, List<Step.Left> unannounced) {
        Set<Epoch> toBeAnnounced = new HashSet<>(pending.upTo().keySet());
        unannounced.forEach(left -> toBeAnnounced.add(left.position().epoch()));
        return toBeAnnounced;
    }

    /** What is remembered of streams that are over for that frontier, the last that ended first; of those in which there ever was something. */
    static List<CursorToken.Entry> ended(Frontier at, StreamsView known, Pending pending, List<Step.Left> unannounced) {
        Set<Epoch> toBeAnnounced = toBeAnnounced(pending, unannounced);
        List<EndedStreams.Gone> inOrder = known.remembered().inOrder();
        List<CursorToken.Entry> ended = new ArrayList<>();
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            EndedStreams.Gone gone = inOrder.get(i);
            Place place = at.get(gone.stream().epoch());
            boolean isOver = place == null
                    ? isPassed(gone, null, known, toBeAnnounced)
                    : asOfNow(place, known).over()
                            && !toBeAnnounced.contains(gone.stream().epoch());
            if (isOver && (place != null || !Long.valueOf(0).equals(gone.head()))) {
                ended.add(entry(place == null ? gone.over() : place, true));
            }
        }
        return ended;
    }

    private static boolean isPassed(
            EndedStreams.Gone gone, @Nullable Place place, StreamsView known, Set<Epoch> toBeAnnounced) {
        Epoch epoch = gone.stream().epoch();
        boolean isUnread =
                known.removed().containsKey(epoch) || known.unheard().contains(epoch) || toBeAnnounced.contains(epoch);
        return place != null || !isUnread;
    }

    /** Under the name that its member has said by now: its messages come under that. */
    private static Place named(Place place, StreamsView known) {
        Stream stream = place.stream();
        Stream member = stream.isUnnamed() ? known.open().get(stream.epoch()) : null;
        return member == null
                ? place
                : new Place(new Stream(stream.epoch(), stream.uid(), member.node()), place.sequence(), place.kind());
    }

    /** The same place; if its stream was announced as lost, and has turned out to be a member's, it goes on behind that. */
    private static Place asOfNow(Place place, StreamsView known) {
        Epoch epoch = place.stream().epoch();
        boolean wasMember = known.open().containsKey(epoch) || known.removed().containsKey(epoch);
        return place.kind() == Place.Kind.LOST && wasMember ? place.returned() : place;
    }

    private static CursorToken.Entry entry(Place place, boolean over) {
        Stream stream = place.stream();
        long sequence = place.isKnown() ? place.sequence() : CursorToken.Entry.UNKNOWN;
        return new CursorToken.Entry(stream.node(), stream.uid(), stream.epoch(), sequence, over);
    }

    /** Up to when the frontier has passed the end of every stream that ended. */
    private static long timeMs(Frontier at, StreamsView known, Map<Epoch, CursorToken.Entry> entries, Now now) {
        long timeMs = known.history().heardUpToMs(now.ns());
        for (Map.Entry<Epoch, Long> removed : known.removed().entrySet()) {
            Place place = at.get(removed.getKey());
            if (place == null || !asOfNow(place, known).over()) {
                timeMs = Math.min(timeMs, removed.getValue());
            }
        }
        for (CursorToken.Entry entry : entries.values()) {
            timeMs = entry.over() ? timeMs : Math.min(timeMs, endedMs(entry.epoch(), known));
        }
        for (Epoch unheard : known.unheard()) {
            if (at.get(unheard) == null && !entries.containsKey(unheard)) {
                timeMs = Math.min(timeMs, endedMs(unheard, known));
            }
        }
        return timeMs;
    }

    private static long endedMs(Epoch stream, StreamsView known) {
        EndedStreams.Gone gone = known.remembered().get(stream);
        return gone == null ? Long.MAX_VALUE : gone.departure().endedMs();
    }

    /** Adds those that ended after that time, and that the frontier has passed. {@return whether it could add all of them} */
    private static boolean addOver(
            Map<Epoch, CursorToken.Entry> entries,
            Frontier at,
            StreamsView known,
            Set<Epoch> toBeAnnounced,
            long sinceMs) {
        List<EndedStreams.Gone> inOrder = known.remembered().inOrder();
        Map<Epoch, CursorToken.Entry> over = new HashMap<>();
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            EndedStreams.Gone gone = inOrder.get(i);
            Epoch epoch = gone.stream().epoch();
            if (gone.departure().endedMs() <= sinceMs) {
                break;
            }
            Place place = at.get(epoch);
            if (isPassed(gone, place, known, toBeAnnounced) && !entries.containsKey(epoch)) {
                if (over.size() == Limits.MAX_TOKEN_ENDED) {
                    return false;
                }
                over.put(epoch, entry(place == null ? gone.over() : place, true));
            }
        }
        // Elsewhere they ended long ago, or just now: they lived on in another part of a split, or the history that is
        // remembered here begins later.
        for (Place place : at.places()) {
            Epoch epoch = place.stream().epoch();
            boolean endedHere = known.settled().contains(epoch);
            boolean fits = over.size() < Limits.MAX_TOKEN_ENDED;
            if (fits && place.over() && endedHere && !entries.containsKey(epoch) && !toBeAnnounced.contains(epoch)) {
                over.putIfAbsent(epoch, entry(place, true));
            }
        }
        entries.putAll(over);
        return true;
    }

    /** A node's store may have a stream that is over here, until the subscription has read something of the one that its member has. */
    private static void addKept(
            Map<Epoch, CursorToken.Entry> entries, Frontier at, StreamsView known, Set<Epoch> toBeAnnounced) {
        for (Place place : at.places()) {
            Epoch epoch = place.stream().epoch();
            boolean isOver = place.over() && !toBeAnnounced.contains(epoch);
            if (isOver
                    && entries.size() < Limits.MAX_TOKEN_ENDED
                    && !known.isAtAMember(at, place.stream().node())) {
                entries.putIfAbsent(epoch, entry(place, true));
            }
        }
    }
}
