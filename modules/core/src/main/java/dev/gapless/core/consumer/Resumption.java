package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.EndedStreams;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription stands that begins in the past, and what is announced to it before it reads anything (rule T2): how the streams ended that it
 * knows, or that came and went since. Used once.
 */
final class Resumption {
    private final Streams streams;
    private final HistoryView history;
    private final Now now;
    private final Map<Epoch, Place> places = new HashMap<>();
    private final Map<Stream, End> ended = new LinkedHashMap<>();
    private boolean covered = true;

    private Resumption(Streams streams, Now now) {
        this.streams = streams;
        this.history = streams.history();
        this.now = now;
    }

    /** Of a subscription that begins so; null if that is with what comes next. */
    static @Nullable Resumption of(Opening opening, Streams streams, Now now) {
        Resumption resumption = new Resumption(streams, now);
        if (opening instanceof Opening.Resume resume) {
            resumption.resume(resume.token());
            resumption.covered &= !resume.leftOut();
        } else if (opening instanceof Opening.Since since) {
            resumption.since(since.timeMs());
        } else if (opening instanceof Opening.Earliest) {
            resumption.withoutWhatIsOver(true);
        } else {
            return null;
        }
        return resumption;
    }

    /** The frontier, in front of what is announced first. */
    Frontier at() {
        return Frontier.of(places);
    }

    /** The ends that are announced first. */
    Map<Stream, End> ended() {
        return ended;
    }

    /** Is it known whatever else it may have missed? If not, that is announced first. */
    boolean isCovered() {
        return covered;
    }

    // ------------------------------------------------------------------ a token

    private void resume(CursorToken token) {
        covered = token.isMadeByHand() || (history.covers(token, now.ns()) && !listsWhatEndedBefore(token));
        Set<Epoch> listed = new HashSet<>();
        for (CursorToken.Entry entry : token.entries()) {
            listed.add(entry.epoch());
            resume(entry);
        }
        for (Stream member : streams.members()) {
            if (!listed.contains(member.epoch())) {
                unlisted(token, member);
            }
        }
        for (Stream waited : streams.waitedFor()) {
            if (!listed.contains(waited.epoch()) && streams.wasMember(waited.epoch())) {
                unlistedAndGone(token, waited);
            }
        }
        for (Streams.Settled settled : streams.settled()) {
            Stream stream = settled.stream();
            // Its node's store may have what is lacked: it is asked once more, or will be once its member is removed.
            boolean isAsked = streams.waitedFor(stream.epoch()) != null || streams.member(stream.epoch()) != null;
            if (settled.wasMember() && !isAsked && !listed.contains(stream.epoch())) {
                places.put(stream.epoch(), Place.over(stream, Place.AWAITED));
            } else if (covered && settled.end().hasGoneOn() && !isAsked && !listed.contains(stream.epoch())) {
                covered = token.isMadeByHand() || hasReadOf(token, stream.node());
                places.put(stream.epoch(), Place.over(stream, Place.AWAITED));
            }
        }
        if (covered) {
            unlistedThatEnded(token, listed);
        } else {
            withoutStrangers(listed);
        }
    }

    private void unlistedThatEnded(CursorToken token, Set<Epoch> listed) {
        for (EndedStreams.Gone gone : endedSince(token.timeMs(), listed)) {
            if (mayBeStored(token, gone)) {
                places.put(gone.stream().epoch(), Place.at(streams.expect(gone.stream(), now), 0));
            } else {
                announce(gone);
            }
        }
    }

    /** It came behind one that the token lists: may the store of their node have both? */
    private boolean mayBeStored(CursorToken token, EndedStreams.Gone gone) {
        Stream stream = gone.stream();
        return streams.isDurable(stream.epoch())
                && isSuccessor(token, stream)
                && streams.mayReturn(gone.departure(), now);
    }

    /** Has it read something of the member that this node has now? Then it has passed what came before that. */
    private boolean hasReadOf(CursorToken token, String node) {
        return token.entries().stream().anyMatch(entry -> {
            Stream member = entry.over() || entry.sequence() <= 0 ? null : streams.member(entry.epoch());
            return member != null && member.node().equals(node);
        });
    }

    /** What other tokens alone name, or a log of a later incarnation, may be passed: whatever may be missed is announced in one. */
    private void withoutStrangers(Set<Epoch> listed) {
        List<Stream> strangers = new ArrayList<>(streams.waitedFor());
        streams.settled().forEach(settled -> strangers.add(settled.stream()));
        for (Stream stranger : strangers) {
            boolean wasMember = streams.wasMember(stranger.epoch());
            if (!wasMember && !listed.contains(stranger.epoch()) && streams.isDurable(stranger.epoch())) {
                places.put(stranger.epoch(), Place.lost(stranger, Place.AWAITED));
            }
        }
    }

    /** It is of a part of a cluster in which something lived on that had ended here. */
    private boolean listsWhatEndedBefore(CursorToken token) {
        for (CursorToken.Entry entry : token.entries()) {
            EndedStreams.Gone gone = entry.over() ? null : streams.remembered().get(entry.epoch());
            if (gone != null && gone.departure().endedMs() < token.timeMs() - history.marginMs()) {
                return true;
            }
        }
        return false;
    }

    private void resume(CursorToken.Entry entry) {
        Epoch epoch = entry.epoch();
        long sequence = entry.sequence() == CursorToken.Entry.UNKNOWN ? Place.UNKNOWN : entry.sequence();
        Stream open = open(epoch);
        boolean isMember = streams.member(epoch) != null;
        boolean isKnown = open != null && (isMember ? streams.isNamed(open) : streams.wasMember(epoch));
        boolean isBetter = open != null && isKnown && (isMember || !open.isUnnamed()); // than what the token calls it
        Stream stream = open != null && isBetter ? open : new Stream(epoch, entry.uid(), entry.node());
        if (entry.over()) {
            places.put(epoch, over(stream, Math.max(sequence, Place.AWAITED)));
            return;
        }
        places.put(epoch, Place.at(stream, sequence));
        if (open == null || !(isMember || isKnown)) {
            End end = endOf(entry);
            if (end == null) {
                places.put(epoch, Place.at(streams.expect(stream, now), sequence));
            } else {
                ended.put(stream, end);
            }
        }
    }

    /** Of one that its subscription was told is lost, or has left: it goes on if its incarnation is a member here, or turns out to be one. */
    private Place over(Stream stream, long sequence) {
        Epoch epoch = stream.epoch();
        Place lost = Place.lost(stream, sequence);
        if (streams.member(epoch) != null && !streams.hasLeft(epoch)) {
            return lost.returned();
        }
        return streams.wasMember(epoch) || streams.hasLeft(epoch) ? Place.over(stream, sequence) : lost;
    }

    /** One of a member, or one that is waited for. */
    private @Nullable Stream open(Epoch epoch) {
        Stream member = streams.member(epoch);
        return member == null ? streams.waitedFor(epoch) : member;
    }

    /** How a stream ended that is not open here; null if nobody here has heard of it. */
    private @Nullable End endOf(CursorToken.Entry entry) {
        Streams.Settled settled = streams.settled(entry.epoch());
        EndedStreams.Gone gone = streams.remembered().get(entry.epoch());
        End end = settled != null ? settled.end() : gone == null ? null : gone.end(now.ms());
        if (end == null) {
            return null;
        }
        boolean isLacked = end.isOpen() || Math.max(0, entry.sequence()) < end.head();
        if (isLacked && !end.isOpen() && streams.isDurable(entry.epoch())) {
            return null; // its node's store may have it yet
        }
        boolean mayReturn = settled == null && gone != null && streams.mayReturn(gone.departure(), now);
        return end.isOpen() && mayReturn ? null : end;
    }

    /** A member that a token does not list has joined since, or its subscription was told that it is lost, where nobody saw it any more. */
    private void unlisted(CursorToken token, Stream member) {
        boolean mayBePassed = !covered && streams.isDurable(member.epoch()); // in another cluster, in a later log
        if (isSuccessor(token, member) && !mayBePassed) {
            return; // nothing of it was given before the end of that one was announced
        }
        if (!covered || (!token.isMadeByHand() && !isNew(token, member))) {
            places.put(member.epoch(), Place.at(member, Place.UNKNOWN));
        }
    }

    private static boolean isSuccessor(CursorToken token, Stream member) {
        return token.entries().stream()
                .anyMatch(entry -> !entry.over() && entry.node().equals(member.node()));
    }

    /** The same of one whose node may come back: if it went since the token was taken, its end is announced. */
    private void unlistedAndGone(CursorToken token, Stream waited) {
        boolean since = streams.removedMs(waited) > token.timeMs() - history.marginMs();
        if (!covered || !since) {
            places.put(waited.epoch(), Place.over(waited, Place.AWAITED));
        } else if (!isNew(token, waited)) {
            places.put(waited.epoch(), Place.at(waited, Place.UNKNOWN));
        }
    }

    private boolean isNew(CursorToken token, Stream stream) {
        return streams.sinceMs(stream) > token.timeMs() - history.marginMs();
    }

    // ------------------------------------------------------------------ a time

    private void since(long timeMs) {
        covered = history.complete() && !history.severalClusters();
        withoutWhatIsOver(false);
        for (EndedStreams.Gone gone :
                history.complete() ? endedSince(timeMs, Set.of()) : List.<EndedStreams.Gone>of()) {
            Place place = places.get(gone.stream().epoch());
            boolean mayBeStored = place != null && place.isOverUnlessStored();
            if (gone.head() == null || mayBeStored) {
                covered = false; // nor is it known whether it published anything since, and the log may have lost that
            } else {
                announce(gone);
            }
        }
        if (!covered) {
            withoutStrangers(Set.of());
        }
    }

    /** In which streams it begins; {@code all} if with all that logs have. */
    private void withoutWhatIsOver(boolean all) {
        streams.members().forEach(member -> places.put(member.epoch(), Place.at(member, Place.AWAITED)));
        for (Streams.Settled settled : streams.settled()) {
            Stream stream = settled.stream();
            boolean goesOn =
                    settled.end().hasGoneOn() || (all && settled.wasMember() && streams.isDurable(stream.epoch()));
            if (goesOn) {
                places.put(stream.epoch(), Place.overUnlessStored(stream));
            } else if (settled.wasMember()) {
                places.put(stream.epoch(), Place.over(stream, Place.AWAITED));
            }
        }
        for (Stream waited : streams.waitedFor()) {
            boolean isSettled = streams.settled(waited.epoch()) != null;
            if (streams.wasMember(waited.epoch()) && !isSettled) { // else it concerns those alone whose tokens name it
                places.put(waited.epoch(), Place.at(waited, Place.UNKNOWN));
            }
        }
    }

    /** Those that ended since that time, are not listed, and are not open here. */
    private List<EndedStreams.Gone> endedSince(long timeMs, Set<Epoch> listed) {
        return streams.remembered().inOrder().stream()
                .filter(gone -> {
                    Epoch epoch = gone.stream().epoch();
                    // What is waited for as a token names it concerns that one's subscription alone.
                    boolean isWaitedFor = streams.waitedFor(epoch) != null && streams.wasMember(epoch);
                    boolean isOpen = streams.member(epoch) != null || isWaitedFor;
                    return history.endedSince(timeMs, gone.departure()) && !listed.contains(epoch) && !isOpen;
                })
                .toList();
    }

    private void announce(EndedStreams.Gone gone) {
        places.remove(gone.stream().epoch());
        ended.put(gone.stream(), gone.end(now.ms()));
    }
}
