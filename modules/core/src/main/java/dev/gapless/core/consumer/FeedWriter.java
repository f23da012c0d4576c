package dev.gapless.core.consumer;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Start;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Known;
import dev.gapless.core.feed.Passed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Registered;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts into a reader's feed what its producers do: begin, go on, miss something, leave, are lost; each in the era where it belongs
 * (rule F2). Changes no registration: the caller moves it to where the feed has got. Not thread-safe.
 */
final class FeedWriter {
    private static final long NS_PER_MS = 1_000_000;
    /** No two clocks differ by so much of a time that both measure. */
    private static final long MOST_DRIFT_PART = 8;

    private final ReaderContext context;
    private final Feed feed;
    private Map<Reason, Long> expiries = Map.of();

    FeedWriter(ReaderContext context, Feed feed) {
        this.context = context;
        this.feed = feed;
    }

    /** What was told as missed. */
    Map<Reason, Long> expiries() {
        return expiries;
    }

    // ------------------------------------------------------------------ where a stream begins and goes on

    /** The producer answers for the first time. Returns its position. */
    At begins(Registration r, Registered message, Now now) {
        At at = new At(eraOf(r, message.log()), message.next() - 1);
        boolean missedItsStart = missedSomething(r, message, now.ns());
        if (r.isUnknownToToken() || missedItsStart) {
            tell(r, at, Reason.POSITION_UNKNOWN, now.ms());
        } else {
            feed.started(at);
        }
        return at;
    }

    /** Could it have published something since {@code ready()} went on without it that it does not send now? (C9) */
    private static boolean missedSomething(Registration r, Registered message, long nowNs) {
        Long lateNs = r.lateNs();
        if (lateNs == null) {
            return false;
        } else if (!(r.asks() instanceof Start.Latest)) {
            return message.next() > message.log().first(); // whatever its clock says of when that was published
        }
        long surelyQuietMs = message.quietMs() - message.quietMs() / MOST_DRIFT_PART;
        return message.head() > 0 && surelyQuietMs <= (nowNs - lateNs) / NS_PER_MS;
    }

    /** The producer resumes after this position. Returns where that lies now. */
    At resumed(Registration r, Placed at, Registered message, long nowMs) {
        if (r.isUnpublished() && r.hasUnheardLife()) {
            lost(r, nowMs); // a life in between may have published
            At to = new At(eraOf(r, message.log()), at.sequence());
            feed.started(to);
            return to;
        }
        At to = new At(continued(r, at, message.log()), at.sequence());
        if (!to.isLevelWith(at)) {
            feed.started(to);
        }
        return to;
    }

    At messages(At at, Batch batch) {
        feed.messages(at.era(), batch.first(), batch.slices());
        return new At(at.era(), batch.last());
    }

    // ------------------------------------------------------------------ what is missed

    /** The producer cannot go on where the feed is. Returns where it does go on. */
    At expires(Registration r, CursorExpired message, long nowMs) {
        Placed at = r.at();
        At to = new At(eraOf(r, message), message.resumeAt() - 1);
        if (at == null || !Objects.equals(to.position(), at.position())) {
            tell(r, to, message.reason(), nowMs); // C3
        } else if (at instanceof Unplaced) {
            feed.started(to);
        }
        return to;
    }

    /** Nobody is left to ask (C7). */
    void lost(Registration r, long nowMs) {
        End end = endOf(r);
        if (r.neverPublished()) {
            feed.left(end); // nothing of it can be lost
            return;
        }
        tell(r, end, Reason.PRODUCER_LOST, nowMs);
    }

    /** The same, of a producer that never answered. */
    void lost(String node, long nowMs) {
        tell(node, null, context.eras().endOfUnanswered(node, null), Reason.PRODUCER_LOST, nowMs);
    }

    /** A life is over that said what it published: how far the feed has got with it is known, if it has begun. */
    void ended(String producer, long uid, LogEnd ended, @Nullable At at, long nowMs) {
        End end = context.eras().endOfDeparted(producer, uid, ended);
        if (at != null && at.sequence() == ended.head()) {
            feed.left(end);
        } else {
            tell(producer, at == null ? null : at.position(), end, Reason.PRODUCER_LOST, nowMs);
        }
    }

    /**
     * A position of a token is of a life that is over, and said what it published. {@return whether that could be told: else nobody knows
     * what other lives of its node lie between}
     *
     * @param present the members
     */
    boolean endedAfter(String node, long uid, LogEnd ended, Position position, Set<Long> present, long nowMs) {
        End end = context.eras().endBefore(node, uid, ended, present);
        if (end == null) {
            return false;
        }
        ended(node, uid, ended, goesOn(position, end, ended, uid), nowMs);
        return true;
    }

    /**
     * A life came and went, and nothing of it came to this reader: what it published is missed.
     *
     * @param alone another life of its node is waited for, whose end or answer is told by itself
     * @param reached how far a token had got in the log that it tells of; null if it had nothing
     */
    void departed(Departure departure, boolean alone, @Nullable Position reached, long nowMs) {
        Eras eras = context.eras();
        LogEnd ended = departure.endOf(context.topic());
        if (ended != null) {
            // What another reader of this node heard of it has its place among other lives of its node, and may lie in
            // the shared feed.
            boolean known = !alone
                    && eras.knows(departure.node(), ended.log().epoch())
                    && isAhead(eras.endOfDeparted(departure.node(), departure.uid(), ended));
            String producer = known ? departure.node() : departure.producer();
            At at = null;
            if (reached != null && reached.sequence() <= ended.head()) {
                End end = eras.endOfDeparted(producer, departure.uid(), ended);
                at = goesOn(reached, end, ended, departure.uid());
            }
            ended(producer, departure.uid(), ended, at, nowMs);
        } else if (departure.published() == null) {
            End known = alone ? null : eras.endOfAnswered(departure.node(), departure.uid());
            End end =
                    known == null || !isAhead(known) ? eras.endOfUnheard(departure.producer(), departure.uid()) : known;
            tell(end.node(), null, end, Reason.PRODUCER_LOST, nowMs);
        }
    }

    /** Does it lie beyond what the feed has of its producer? A token may have a position in a later life. */
    private boolean isAhead(End end) {
        return end.isBeyond(feed.known().newest().get(end.node()));
    }

    /** The same, alone, of a life that said what it published, and of which a token has this position. */
    void endedAfter(Position position, String producer, long uid, LogEnd ended, long nowMs) {
        if (position.sequence() < ended.head()) {
            End end = context.eras().endOfDeparted(producer, uid, ended);
            goesOn(position, end, ended, uid);
            tell(producer, position, end, Reason.PRODUCER_LOST, nowMs);
        }
    }

    /** Of a life that ended there a token has this position: what follows it is told next. */
    private At goesOn(Position position, End end, LogEnd ended, long uid) {
        At at = new At(Eras.eraOf(end, ended, uid), position.sequence());
        feed.started(at);
        return at;
    }

    /** Nobody knows what was published, and by whom, since the token was taken. {@return the index of the entry that says so} */
    long unknown(long nowMs) {
        unknown(context.asking().nextNumber(), nowMs);
        return feed.head();
    }

    /** The filter of before left out messages: that concerns one subscription, and is no failure of its feed. */
    void leftOut(long nowMs) {
        long uid = context.asking().nextNumber();
        var unused = feed.expired(context.eras().endOfUnheard(Gap.NOBODY, uid), Reason.POSITION_UNKNOWN, nowMs);
    }

    /** The same of anything, by this number of it, once; or, by the id of the history, of another cluster. */
    void unknown(long uid, long nowMs) {
        tell(Gap.NOBODY, null, context.eras().endOfUnheard(Gap.NOBODY, uid), Reason.POSITION_UNKNOWN, nowMs);
    }

    private void tell(Registration r, Placed to, Reason reason, long nowMs) {
        tell(r.node(), r.position(), to, reason, nowMs);
    }

    private void tell(String node, @Nullable Position from, Placed to, Reason reason, long nowMs) {
        if (!feed.expired(to, reason, nowMs)) {
            return;
        }
        if (expiries.isEmpty()) {
            expiries = new EnumMap<>(Reason.class);
        }
        expiries.merge(reason, 1L, Long::sum);
        Position upTo = to instanceof End ? null : to.position();
        context.outbox()
                .add(new Effect.Missed(context.topic(), Departure.nodeOf(node), context.reader(), reason, from, upTo));
    }

    // ------------------------------------------------------------------ ends

    /** The producer left in good order at its position (C6). */
    void left(Registration r, At at) {
        feed.left(context.eras().endOf(at, r.answeredUid()));
    }

    /** Where it ends if nobody comes back. */
    End endOf(Registration r) {
        if (r.hasUnheardLife()) {
            // beyond the end that others took its position's life for
            return context.eras().endOfUnheard(r.node(), r.unheardUid());
        }
        return r.at() instanceof At answered
                ? context.eras().endOf(answered, r.answeredUid())
                : context.eras().endOfUnanswered(r.node(), r.position());
    }

    // ------------------------------------------------------------------ eras

    /**
     * A life that went without an answer has its number from now on. It lies between: who was told the end of the life before sees that
     * another one came, and whoever comes next has a later one, whichever reader it answers first.
     */
    void counts(Registration r) {
        if (r.hasUnheardLife()) {
            context.eras().endOfUnheard(r.node(), r.unheardUid());
        }
    }

    private Era continued(Registration r, Placed from, LogIdentity log) {
        if (isUnpublished(log)) {
            return eraOf(r, log);
        }
        return from instanceof At at && log.epoch().equals(at.epoch())
                ? at.era()
                : context.eras().continued(r.node(), from, log, r.uid());
    }

    private static boolean isUnpublished(LogIdentity log) {
        return log.epoch().equals(Epoch.NONE);
    }

    private Era eraOf(Registration r, LogIdentity log) {
        return isUnpublished(log)
                ? context.eras().ofUnpublished(r.node(), log, r.uid())
                : context.eras().of(r.node(), log, r.uid());
    }

    private Era eraOf(Registration r, CursorExpired message) {
        Placed at = r.at();
        Eras eras = context.eras();
        return at == null || message.reason() == Reason.PRODUCER_RESTARTED
                ? eraOf(r, message.log())
                : eras.continued(r.node(), at, message.log(), r.uid());
    }

    // ------------------------------------------------------------------ for tokens

    /**
     * What tokens say from now on.
     *
     * @param mustBeListed those that a token must name, whatever was read of them (rule T1)
     * @param passed those that have ended (rule T2)
     */
    void know(Set<String> mustBeListed, Passed passed) {
        Known known = feed.known();
        if (!mustBeListed.equals(known.mustBeListed()) || !passed.equals(known.passed())) {
            feed.know(Set.copyOf(mustBeListed), passed);
        }
    }
}
