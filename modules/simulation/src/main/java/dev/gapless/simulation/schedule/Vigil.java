package dev.gapless.simulation.schedule;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.producer.LogWriter;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.producer.StoreStatus;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Ping;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.simulation.inside.Inside;
import dev.gapless.simulation.oracle.Violation;
import dev.gapless.simulation.oracle.Waits;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks on at one process, and tells its judges: how long it waits, and what it keeps of those that are gone (G5). */
final class Vigil {
    private final Schedule schedule;
    private final NodeProcess process;
    /** The measures of the consumer that was there when it was looked at last. */
    private @Nullable ConsumerMeasures lookedAt;
    /** How often a subscription has read or handled something, also one that has ended since. */
    private long moves;

    private final Waits waits;
    /** The latest attempt of each reader. */
    private final Map<ReaderKey, Session> sessions = new HashMap<>();

    private record ReaderKey(long uid, long reader) {}

    /** The streams that are sent in these sessions. */
    /** How nodes have asked for a log that they copy, and are not answered. */
    private final Map<Session, Start.Copy> copies = new HashMap<>();

    private final Map<Session, LogPart> parts = new HashMap<>();

    /** Processes that it was told are gone. */
    private final Set<Long> gone = new HashSet<>();

    Vigil(Schedule schedule, NodeProcess process) {
        this.schedule = schedule;
        this.process = process;
        this.waits = new Waits(process.host().name(), schedule.settings());
    }

    Waits waits() {
        return waits;
    }

    // ------------------------------------------------------------------ what happens

    void removed(long memberUid) {
        gone.add(memberUid);
    }

    /** Does the node know that this process was removed? */
    boolean isGone(long memberUid) {
        return gone.contains(memberUid);
    }

    /** The shard has dropped the cursors of that process. */
    void cursorsDropped(long uid) {
        waits.forgotten(uid);
    }

    void receives(Object packet) {
        if (packet instanceof Ack ack) {
            LogPart part = parts.get(ack.session());
            if (part != null) {
                waits.acknowledged(ack.session(), leastNumber(part, ack), oldest(part), process.nowNs());
            }
        } else if (packet instanceof Register register && register.start() instanceof Start.Copy copy) {
            copies.put(register.session(), copy);
        } else if (packet instanceof Deregister deregister) {
            waits.deregistered(deregister.session());
        }
    }

    void sends(long toUid, Packet packet) {
        if (packet instanceof Registered registered) {
            registered(registered.session(), registered.reader(), registered.log(), registered.next() - 1);
        } else if (packet instanceof CursorExpired expired) {
            if (expired.answersRegister()) {
                registered(expired.session(), expired.reader(), expired.log(), expired.resumeAt() - 1);
            } else {
                LogPart part = Objects.requireNonNull(parts.get(expired.session()));
                waits.overrun(expired.session(), part.number(expired.resumeAt()) - 1, oldest(part), process.nowNs());
            }
        } else if (packet instanceof Deregister) {
            schedule.workload().farewell(); // also of a reader that several shared, which the core ends by itself (S6)
        } else if (packet instanceof Ping && gone.contains(toUid)) {
            throw new Violation("G5: " + process.host() + " sends pings to " + schedule.name(toUid)
                    + ", which is no member any more");
        }
    }

    /** The cursor of this attempt takes the place of the one before. */
    private void registered(Session session, long reader, LogIdentity log, long sequence) {
        Log its = Objects.requireNonNull(process.node().producer()).log();
        Start.Copy copy = copies.remove(session);
        LogPart part = copy == null
                ? Objects.requireNonNull(its.parts().get(log.epoch()))
                : new LogPart(log.epoch(), 0, 0, LogPart.OPEN);
        parts.put(session, part);
        Session before = sessions.put(new ReaderKey(session.uid(), reader), session);
        long kept = copy == null ? part.number(sequence) : least(its, copy);
        if (before != null && copy != null && kept < oldest() - 1) {
            waits.replaced(before, oldest(), process.nowNs());
        } else if (before != null) {
            waits.deregistered(before);
        }
        waits.registered(session, kept, copy == null ? 0 : oldest(), copy != null, process.nowNs());
    }

    /** Up to which number nobody lacks anything, as an Ack says. */
    private static long leastNumber(LogPart part, Ack ack) {
        return ack.least() == Ack.KEEPS_NOTHING ? Waits.NOBODY : part.number(ack.least());
    }

    /** The same as a Register says it. Of a log that does not have the place nothing is kept. */
    private static long least(Log its, Start.Copy copy) {
        Position least = copy.least();
        LogPart part = least == null ? null : its.parts().get(least.epoch());
        return least == null || part == null ? Waits.NOBODY : part.number(least.sequence());
    }

    /** A subscription has read or handled something. */
    void moved() {
        moves++;
    }

    /** The oldest that matters to whoever reads that stream: at its end nothing more is kept for it, until it registers with the next. */
    private long oldest(LogPart part) {
        return part.isEarlier() ? Math.min(oldest(), part.last() + 1) : oldest();
    }

    private long oldest() {
        ProducerState producer = process.node().producer();
        return producer == null ? 0 : producer.log().oldest();
    }

    // ------------------------------------------------------------------ now and then

    /** Whether log and feed wait for longer than they may. */
    void looks() {
        ProducerState producer = process.node().producer();
        if (producer != null) {
            Log log = producer.log();
            LogWriter writer = producer.writer();
            boolean waitsForRoom = process.node().takesMessages()
                    && (writer == null || writer.status().state() == StoreStatus.State.OK); // else for its store
            waits.lookAtLog(log.head(), waitsForRoom ? log.waiting() : 0, process.nowNs());
        }
        TopicConsumer consumer = process.node().consumer();
        if (consumer == null) {
            return;
        }
        Inside.Cache cache = Inside.OF_SIMULATED.cache(consumer);
        boolean isTheSame = consumer.measures() == lookedAt; // one that took the place of another has waited for nobody
        boolean full = cache.wantsRoom() && isTheSame;
        lookedAt = consumer.measures();
        if (schedule.settings().backpressure()) {
            waits.lookAtFeed(cache.head() + moves, full, process.nowNs());
        } else {
            waits.lookAtFeedBehind(cache.head(), full, process.nowNs());
        }
    }

    /** Faults are long over: what is kept of others is of members, and of readers that are there. */
    void nothingIsLeft() {
        ProducerState producer = process.node().producer();
        if (producer != null) {
            producer.cursors().forEach(c -> checkOwner(c.session().uid(), c.reader()));
        }
        TopicConsumer consumer = process.node().consumer();
        if (consumer != null && process.subscribers().isEmpty()) {
            throw new Violation("G5: " + process.host() + " keeps a consumer that nobody subscribes to");
        }
        long members = schedule.nodesUp();
        if (consumer != null && consumer.registrations().size() > members) {
            throw new Violation(
                    "G5: " + process.host() + " keeps " + consumer.registrations() + ", of " + members + " members");
        }
    }

    private void checkOwner(long uid, long reader) {
        if (gone.contains(uid)) {
            throw new Violation(
                    "G5: " + process.host() + " keeps a cursor of " + schedule.name(uid) + ", which is gone");
        }
        // A reader's farewell may be lost; the next message that is published shows that.
        if (reader != Message.SHARED_READER && schedule.workload().hasPublishedAtLast(process)) {
            throw new Violation("G5: " + process.host() + " keeps a cursor of a catch-up reader of "
                    + schedule.name(uid) + ", where all read the feed");
        }
    }
}
