package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the streams of a node's earlier incarnations: a member that has a log in memory says that they are over, and one whose log
 * is stored goes on with them, the oldest first (rules C7, C11). Not thread-safe.
 *
 * <pre>
 *   the log   │ stream of E1 ├──►│ E2 ├──►│ E3, its own ├──►
 *   After(E1, 480) ──► the rest of E1, Gone ──► After(E1, 500) ──► E2, Gone ──► After(E2, 7) ──► E3
 * </pre>
 */
final class Succession {
    private final ReaderContext context;
    private final Streams streams;
    private final Registrations registrations;
    private final Registrar registrar;
    private final Feed feed;

    Succession(ReaderContext context, Streams streams, Registrations registrations, Registrar registrar, Feed feed) {
        this.context = context;
        this.streams = streams;
        this.registrations = registrations;
        this.registrar = registrar;
        this.feed = feed;
    }

    /** Is an earlier incarnation of that node still a member, as a token says that names it, or is its stream carried on? */
    boolean isPreceded(Stream stream) {
        for (Registration r : registrations.all()) {
            boolean isOther = !r.stream().epoch().equals(stream.epoch());
            boolean isBefore = r.isCarried() || r.isNamedByAToken();
            if (isOther && isBefore && r.stream().node().equals(stream.node())) {
                return true;
            }
        }
        return false;
    }

    /** Is it not settled how a stream of an earlier incarnation of that node ended? */
    boolean isSuccessor(Stream stream) {
        return registrations.all().stream().anyMatch(r -> isEarlier(r, stream));
    }

    /** That of an earlier stream of the same node, through whose log the reader comes to this one; null if it asks for this one. */
    @Nullable Registration comesBefore(Registration r) {
        if (r.isPresent() && r.hasPlace()) {
            return null;
        }
        for (Registration other : registrations.all()) {
            if (other.isCarried()
                    && other != r
                    && other.stream().node().equals(r.stream().node())) {
                return other;
            }
        }
        Registration first = predecessorOf(r.stream());
        return first == r ? null : first;
    }

    private static boolean isEarlier(Registration r, Stream stream) {
        return !r.isPresent() && r.stream().node().equals(stream.node());
    }

    private @Nullable Registration predecessorOf(Stream stream) {
        return firstThatWaits(stream, r -> true);
    }

    /** The first of those of the node that wait and are in its log. */
    private @Nullable Registration firstIn(LogIdentity log, Stream stream) {
        Set<Epoch> earlier = earlierIn(log);
        return firstThatWaits(stream, r -> earlier.contains(r.stream().epoch()));
    }

    private @Nullable Registration firstThatWaits(Stream stream, Predicate<Registration> which) {
        Registration first = null;
        for (Registration r : registrations.all()) {
            if (isEarlier(r, stream) && which.test(r) && !isPassed(r) && (first == null || comesBefore(r, first))) {
                first = r;
            }
        }
        return first;
    }

    private Set<Epoch> earlierIn(LogIdentity log) {
        return log.earlier().stream()
                .map(one -> Epoch.of(one.uid(), context.topic()))
                .collect(Collectors.toSet());
    }

    /** Was nothing of it read here, but something that lies behind it in a log? It does not come here any more. */
    private boolean isPassed(Registration r) {
        return !r.hasBegun()
                && r.at() <= 0
                && streams.behind(r.stream().epoch()).stream().anyMatch(feed::hasChain);
    }

    /** Where the reader is in the earlier stream behind which a member of that name is asked for what comes next; null if it is asked for its own. */
    @Nullable Position asksBehind(Registration member, Stream named) {
        Registration earlier = predecessorOf(named);
        if (earlier == null || member.hasPlace()) {
            return null;
        }
        boolean isStoodIn = earlier.hasPlace() && streams.isDurable(named.epoch()); // its log may have the rest
        boolean asks = member.beginsAtTheBeginning() || isStoodIn;
        return asks ? earlier.stream().at(Math.max(0, earlier.at())) : null;
    }

    /** Where the reader is in a further earlier stream, which the member's log may have, too; null if there is none. */
    @Nullable Position alsoAsksBehind(Registration member) {
        Registration earlier = predecessorOf(member.stream());
        return earlier == null || member.hasPlace() ? null : earlier.position();
    }

    /** Does it come first of two that wait: something of it was read, and of the other not, or a log has it in front? */
    private boolean comesBefore(Registration r, Registration other) {
        boolean isRead = r.hasBegun() || r.at() > 0;
        boolean otherIsRead = other.hasBegun() || other.at() > 0;
        return isRead == otherIsRead
                ? streams.isInFront(r.stream().epoch(), other.stream().epoch())
                : isRead;
    }

    /**
     * Of which registration this is the answer. A log that is stored has streams of earlier incarnations, too: it answers in that one
     * which comes next. Then everything of the one that was asked for is there (rule C11).
     *
     * @param ready is anybody ready who reads here?
     * @return null if there is nothing more to do about it
     */
    @Nullable Registration answered(Registration asked, LogIdentity log, ToConsumer message, boolean ready, Now now) {
        Registration r = asked;
        if (r.isCarried() && !log.epoch().equals(r.stream().epoch())) {
            r = Objects.requireNonNull(registrations.present(asked.host()));
            r.becomeAnsweredInsteadOf(asked);
            asked.becomeWaiting(ready);
            r.becomeAskedBehind(asked.stream().at(Math.max(0, asked.at())));
        }
        Position behind = r.predecessor();
        Registration first = behind == null ? null : firstIn(log, r.stream());
        if (first != null
                && !first.stream().epoch().equals(Objects.requireNonNull(behind).epoch())) {
            endsUnlessIn(log, behind, now);
            r.becomeAskedBehind(first.stream().at(Math.max(0, first.at()))); // it says only now which one comes first
            registrar.register(r, now.ns());
            return null;
        }
        boolean isOwn = log.epoch().equals(r.stream().epoch());
        if (behind != null && !behind.epoch().equals(log.epoch()) && saysWhatComesNext(message, log)) {
            passes(behind, now);
            if (isOwn) {
                r.becomeNext();
            }
        }
        if (isOwn) {
            return r;
        }
        Registration its = earlier(r, log, headOf(message), now);
        if (its != null) {
            its.becomeAnsweredInsteadOf(r);
            streams.label(its.stream());
            r.becomePreceded();
            boolean isAsked = behind != null && behind.epoch().equals(log.epoch());
            if (!isAsked && its.at() > 0 && message instanceof CursorExpired) {
                registrar.register(its, now.ns()); // it is further: asked is what comes behind that
                return null;
            }
        }
        return its;
    }

    /** That of the earlier stream in which its member answers; null if it was asked for something else instead. */
    private @Nullable Registration earlier(Registration r, LogIdentity log, long head, Now now) {
        Stream stream = Stream.of(log.uid(), context.topic(), r.stream().node());
        Registration its = registrations.of(stream.epoch());
        if (its == null && isOver(stream, r)) {
            r.becomeAskedBehind(stream.at(head));
            registrar.register(r, now.ns());
            return null;
        } else if (its != null && its.hasLeft()) {
            r.becomeAskedBehind(stream.at(its.at())); // all of it was read before its node went
            registrar.register(r, now.ns());
            return null;
        } else if (its != null && its.isPresent() && !its.isUnnamed()) {
            registrar.registerLater(r, now.ns()); // it is a member yet, as far as this node has heard
            return null;
        }
        return its == null ? expects(stream, now) : its;
    }

    /** Is it over for whoever reads here, since its end was read or announced? Not for who begins with what the member's log has. */
    private boolean isOver(Stream stream, Registration r) {
        Streams.Settled settled = streams.settled(stream.epoch());
        boolean isSettled = settled != null && settled.wasMember();
        return feed.hasChain(stream.epoch()) || (isSettled && !r.asksForThePast());
    }

    private Registration expects(Stream stream, Now now) {
        if (streams.isUnknown(stream.epoch()) || streams.settled(stream.epoch()) != null) {
            streams.expect(stream, now);
            streams.publishExpected();
        }
        Registration its = Registration.behind(stream, Place.UNKNOWN, false);
        registrations.add(its);
        return its;
    }

    /** A log that does not have what was read has lost it, or never had it: that is said before anything else of the log comes. */
    private void endsUnlessIn(LogIdentity log, Position read, Now now) {
        Registration r = registrations.of(read.epoch());
        if (r == null || r.isPresent() || !r.hasPlace() || earlierIn(log).contains(read.epoch())) {
            return;
        }
        registrations.remove(read.epoch());
        End end = End.lost(now.ms());
        boolean wasMember = streams.wasMember(read.epoch()) || r.hasBegun();
        feed.ended(r.stream(), r.at(), wasMember ? end : end.ofStranger(), r.isPromised());
    }

    /** A stream ends there that a later incarnation's log has: it goes on in the next. */
    private void passes(Position end, Now now) {
        Registration r = registrations.of(end.epoch());
        if (r == null || r.isPresent()) {
            return; // it was settled meanwhile
        }
        registrations.remove(end.epoch());
        boolean wasMember = streams.wasMember(end.epoch());
        streams.heardOf(end.epoch(), r.heard());
        long heard = streams.heard(end.epoch());
        End its = end(end, r.wasSetBack() ? r.heard() : heard, now); // it was told what it had heard of
        feed.ended(r.stream(), r.at(), wasMember || r.hasBegun() ? its : its.ofStranger(), r.isPromised());
        context.heard().passed(r.stream(), end.sequence(), end(end, heard, now), now);
    }

    /** A store that has less of a stream than somebody has heard of has lost something. */
    private static End end(Position end, long heard, Now now) {
        return heard <= end.sequence() ? End.goneOn(end.sequence(), now.ms()) : End.lost(now.ms());
    }

    /** Does it say what comes behind the stream that was asked for? Only a log that is stored can have all of that. */
    private static boolean saysWhatComesNext(ToConsumer answer, LogIdentity log) {
        boolean isNext = answer instanceof Registered registered
                ? registered.next() == 1
                : ((CursorExpired) answer).reason() == Reason.OVERRUN;
        return log.durable() && isNext;
    }

    private static long headOf(ToConsumer answer) {
        return answer instanceof Registered registered ? registered.head() : ((CursorExpired) answer).head();
    }
}
