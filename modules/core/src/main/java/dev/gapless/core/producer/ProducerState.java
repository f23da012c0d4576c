package dev.gapless.core.producer;

import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Generation;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Slice;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Fetch;
import dev.gapless.core.wire.Find;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The producing side of one topic on one node: a log, and a cursor for each reader.
 *
 * <pre>
 *              Register                          Ack
 *   (nothing) ─────────► unconfirmed ──────────────────────► confirmed ──┐ Batch, Heartbeat
 *                          ▲   ▲  └─ Heartbeat, until an Ack     │  ▲    │
 *                          │   └──────── CursorExpired ──────────┘  └────┘
 *                          └──────────────── Register ───────────┘        Deregister, member removed: (nothing)
 * </pre>
 *
 * <p>The log is written by others meanwhile: what was read from it before is never taken for granted. Not thread-safe.
 */
public final class ProducerState {
    /** So few cursors are looked at each time. */
    private static final int FEW = 2;

    private static final long NS_PER_MS = 1_000_000;

    private final String topic;
    private final long uid;
    private final Log log;
    private final TopicSettings settings;
    private final Outbox outbox;
    private final Backpressure backpressure;
    /** Stores the log; null if that is in memory. */
    private final @Nullable LogWriter writer;

    private Receipts receipts = Receipts.NONE;
    /** Invariant: each by the node of its session and its reader; none has been sent more than the log has. */
    private final Map<ReaderKey, Cursor> cursors = new LinkedHashMap<>(Limits.NODES_AT_FIRST);

    private Map<Reason, Long> expiries = Map.of();
    /** Invariant: no heartbeat is due before; {@code Long.MAX_VALUE} if none is. There may be thousands of cursors. */
    private long heartbeatDueNs = Long.MAX_VALUE;
    /** The last one of those that have acknowledged least; null if that is not known. */
    private @Nullable Cursor lowest;

    /** The head when it was looked at, and since when it is there: what comes after that is younger. */
    private long seenHead = -1;

    private long seenNs;

    private boolean leaving;
    /** The last message is known of a log that was being stored when its node began to leave. */
    private boolean endSaid;
    /** Nobody uses the log. */
    private boolean unused;
    /** When it will be out of use if nobody uses it until then. Invariant: 0 while somebody uses it. */
    private long outOfUseAtNs;
    /** Invariant: 0 unless {@link #leaving}. */
    private long drainUntilNs;

    private record ReaderKey(long uid, long reader) {}

    public ProducerState(String topic, long uid, Log log, TopicSettings settings, Outbox outbox) {
        this.topic = topic;
        this.uid = uid;
        this.log = log;
        this.settings = settings;
        this.outbox = outbox;
        this.backpressure = new Backpressure(log, settings);
        this.writer = settings.durable() ? new LogWriter(topic, uid, log, settings, outbox) : null;
    }

    public Log log() {
        return log;
    }

    /** The store may be used by this incarnation. */
    public void onStoreOpened(Generation generation, Now now) {
        if (writer != null) {
            writer.open(generation, now.ns());
        }
    }

    /** The store has answered. */
    public void onStore(StoreAnswer answer, Now now) {
        if (writer != null) {
            writer.onAnswer(answer, now);
            releaseAndSend(now);
        }
    }

    /** The side that stores, if the log is durable. */
    public @Nullable LogWriter writer() {
        return writer;
    }

    /** Takes a message from a reader. */
    public void onMessage(ToProducer message, Now now) {
        if (writer != null && !writer.isOpen()) {
            return; // it asks again
        }
        if (message instanceof Ack ack) {
            onAck(ack, now.ns());
            release(now);
            receipts.settle(cursors.values(), now.ns());
            return; // the others are none of its business, unless it made room
        }
        if (message instanceof Fetch fetch) {
            inquiries().onFetch(fetch);
            return; // it changes nothing
        }
        if (message instanceof Find find) {
            inquiries().onFind(find);
            return;
        }
        if (message instanceof Register register) {
            onRegister(register, now);
        } else if (message instanceof GoneAck goneAck) {
            onGoneAck(goneAck);
        } else if (message instanceof Deregister deregister) {
            onDeregister(deregister);
        }
        releaseAndSend(now);
    }

    /** Made for each that comes: a topic at rest keeps none. */
    private Inquiries inquiries() {
        return new Inquiries(topic, log, settings, outbox);
    }

    /** Who has messages of this log is wanted (rule P15). */
    public void onReceipt(ReceiptRequest request, Now now) {
        LogPart own = log.parts().own();
        long last = own.number(request.last());
        if (receipts.equals(Receipts.NONE)) {
            receipts = new Receipts(uid, 2 * settings.heartbeatNs());
        }
        receipts.add(own.number(request.first()), last, request, cursors.values());
        for (Cursor cursor : cursors.values()) {
            if (cursor.acked < last && cursor.isUnasked(last)) {
                cursor.heartbeatDueNs = now.ns(); // which asks
                touched(cursor);
            }
        }
        onTime(now);
    }

    /** Nothing is heard of readers any more: whoever waits for a receipt is told how it stands. */
    public void endReceipts(Now now) {
        receipts.end(cursors.values(), now.ns());
    }

    /** Something was appended to the log, or waits for that; or the node is up, for which it waited. */
    public void onAppended(Now now) {
        releaseAndSend(now);
    }

    /**
     * Is there anything to do when more is appended? Not while no reader may be sent more: once it acknowledges, it is sent what was appended
     * meanwhile. A publish that waits is to be told of in any case.
     */
    public boolean wantsAppended() {
        if (writer != null) {
            return true;
        }
        for (Cursor cursor : cursors.values()) {
            if (cursor.wantsMore(settings.batchBytes())) {
                return true;
            }
        }
        return cursors.isEmpty();
    }

    /** Was something appended that it would have wanted to hear of, and has not looked at? */
    public boolean hasUnsent() {
        long head = log.head();
        for (Cursor cursor : cursors.values()) {
            if (cursor.sent < cursor.part.head(head) && cursor.wantsMore(settings.batchBytes())) {
                return true;
            }
        }
        return false;
    }

    /** A member was removed: it, and nothing else, loses its cursors (rule P1). */
    public void onRemoved(long removedUid, Now now) {
        backpressure.setReachable(removedUid, true);
        receipts.ended(removedUid, ReceiptAnswer.Kind.REMOVED);
        onForgotten(removedUid, now);
    }

    /** A member was silent for too long: its cursors are dropped, and its readers will register again. */
    public void onForgotten(long silentUid, Now now) {
        cursors.keySet().removeIf(key -> key.uid() == silentUid);
        lowest = null;
        releaseAndSend(now);
    }

    /** With backpressure, publishers do not wait for a node that is unreachable. */
    public void onReachability(long memberUid, boolean reachable, Now now) {
        backpressure.setReachable(memberUid, reachable);
        if (reachable) {
            cursors.forEach((key, cursor) -> {
                if (key.uid() == memberUid) {
                    cursor.progressNs = now.ns(); // its time begins anew
                }
            });
        }
        releaseAndSend(now);
    }

    /** Begins to leave in good order (rule P7): nothing more is published, and readers are told once they have it all. */
    public void leave(Now now) {
        if (!leaving) {
            log.close();
            leaving = true;
            drainUntilNs = now.ns() + settings.drainTimeoutNs();
            cursors.values().forEach(cursor -> cursor.heartbeatDueNs = now.ns());
            heartbeatDueNs = now.ns();
        }
        onTime(now);
    }

    /** Has every reader acknowledged the end, or the time for it run out? */
    public boolean isDrained(long nowNs) {
        boolean isStored = writer == null || writer.isIdle();
        return leaving && (drainUntilNs - nowNs <= 0 || (isStored && isAcknowledged()));
    }

    /** Was nothing ever published, and is there no reader? */
    public boolean isUntouched() {
        return cursors.isEmpty() && !log.hasPublished() && (writer == null || (writer.isOpen() && writer.isIdle()));
    }

    /**
     * Says whether anybody uses the log. Once nobody has for {@link TopicSettings#producerReturnNs}, it is {@link #isOutOfUse}
     * (rule P9).
     */
    public void setUsed(boolean uses, long nowNs) {
        if (uses) {
            outOfUseAtNs = 0;
        } else if (!unused) {
            // Whoever asked before it was open asks again.
            long asksNs = writer == null ? 0 : 2 * settings.registerBackoff().maxNs();
            outOfUseAtNs = nowNs + settings.producerReturnNs() + asksNs;
        }
        unused = !uses;
        assert invariant() : topic;
    }

    private boolean invariant() {
        long head = log.head();
        return (unused || outOfUseAtNs == 0)
                && (leaving || drainUntilNs == 0)
                && cursors.entrySet().stream()
                        .allMatch(one -> one.getValue()
                                        .isReadBy(
                                                one.getKey().uid(), one.getKey().reader())
                                && one.getValue().sent <= head);
    }

    public boolean isOutOfUse(long nowNs) {
        return unused && outOfUseAtNs - nowNs <= 0;
    }

    /** Has every reader acknowledged everything, and that this producer leaves? */
    public boolean isAcknowledged() {
        return cursors.values().stream().allMatch(cursor -> cursor.goneAcknowledged && !cursor.part.isEarlier());
    }

    /**
     * Has every reader come to this incarnation's own stream, and acknowledged all of it? A log that cannot be used has nothing for anybody; one
     * that is not open yet may have.
     */
    public boolean isAllRead() {
        if (writer != null && !writer.isOpen()) {
            return writer.status().state() == StoreStatus.State.BROKEN;
        }
        long head = log.head();
        return cursors.values().stream().allMatch(cursor -> !cursor.part.isEarlier() && cursor.isLevel(head));
    }

    /** Does what is due. */
    public void onTime(Now now) {
        log.dropOld(now.ns());
        if (writer != null) {
            writer.onTime(now);
        }
        releaseAndSend(now);
        log.expireWaiters(now.ns()); // after those that a stalled reader leaves room for now
        long head = log.head();
        for (Cursor cursor : cursors.values()) {
            if (needsHeartbeat(cursor, head) && cursor.heartbeatDueNs - now.ns() <= 0) {
                cursor.heartbeatDueNs = now.ns() + settings.heartbeatNs();
                LogPart part = cursor.part;
                long itsHead = part.head(head);
                boolean isAtTheEnd = ends(part) && cursor.sent == itsHead;
                if (!isAtTheEnd || part.isEarlier()) { // a reader that has ended answers a heartbeat alone
                    long sent = part.sequence(cursor.sent);
                    long oldest = part.oldest(log.oldest(), itsHead);
                    send(
                            cursor,
                            new Heartbeat(
                                    topic, cursor.reader, cursor.session, uid, sent, oldest, part.sequence(itsHead)));
                }
                if (isAtTheEnd && !cursor.goneAcknowledged) {
                    send(cursor, new Gone(topic, cursor.reader, cursor.session, part.sequence(itsHead)));
                }
            }
        }
        lookForHeartbeats();
    }

    /** Is nothing appended there any more, for certain? */
    private boolean ends(LogPart part) {
        return part.isEarlier() || (leaving && (writer == null || writer.isIdle()));
    }

    private void lookForHeartbeats() {
        heartbeatDueNs = Long.MAX_VALUE;
        cursors.values().forEach(this::touched);
    }

    /** Something has happened to this one, after which a heartbeat may be due. */
    private void touched(Cursor cursor) {
        boolean first = heartbeatDueNs == Long.MAX_VALUE || cursor.heartbeatDueNs - heartbeatDueNs < 0;
        if (first && needsHeartbeat(cursor, log.head())) {
            heartbeatDueNs = cursor.heartbeatDueNs;
        }
    }

    /** When {@link #onTime} is due next, or {@code Long.MAX_VALUE} if nothing is: an idle topic needs no timer. */
    public long deadlineNs(long nowNs) {
        if (cursors.size() <= FEW) {
            lookForHeartbeats();
        }
        long wait = heartbeatDueNs == Long.MAX_VALUE ? Long.MAX_VALUE : heartbeatDueNs - nowNs;
        wait = Math.min(wait, backpressure.dueInNs(cursors.values(), nowNs));
        if (leaving && drainUntilNs - nowNs > 0) { // after that it has drained, whatever comes
            wait = Math.min(wait, drainUntilNs - nowNs);
        } else if (!leaving && unused) {
            wait = Math.min(wait, outOfUseAtNs - nowNs);
        }
        long oldDueNs = log.oldDueNs(nowNs);
        if (oldDueNs != Long.MAX_VALUE) {
            wait = Math.min(wait, oldDueNs - nowNs);
        }
        if (writer != null && writer.deadlineNs() != Long.MAX_VALUE) {
            wait = Math.min(wait, writer.deadlineNs() - nowNs);
        }
        if (!receipts.isEmpty()) {
            wait = Math.min(wait, receipts.dueNs() - nowNs);
        }
        return wait == Long.MAX_VALUE ? wait : nowNs + Math.max(0, wait);
    }

    public Map<Reason, Long> expiries() {
        return expiries;
    }

    /** What is known of the readers, for people. */
    public List<CursorStatus> cursors() {
        List<CursorStatus> all = new ArrayList<>(cursors.size());
        long head = log.head();
        for (Cursor cursor : cursors.values()) {
            all.add(cursor.status(backpressure.isReachable(cursor.session.uid()), head));
        }
        return all;
    }

    /** How many readers there are. */
    public int cursorCount() {
        return cursors.size();
    }

    /** Up to where every reader has acknowledged, and needs nothing to be kept; {@code Long.MAX_VALUE} if there is none. */
    public long lowestAcked() {
        Cursor known = lowest;
        if (known == null) {
            for (Cursor cursor : cursors.values()) {
                // The last of them: mostly they acknowledge in this order.
                known = known == null || cursor.doneUpTo() <= known.doneUpTo() ? cursor : known;
            }
            lowest = known;
        }
        return known == null ? Long.MAX_VALUE : known.doneUpTo();
    }

    private void onRegister(Register register, Now now) {
        if (register.toUid() != uid) {
            return; // meant for another incarnation at this address
        }
        ReaderKey key = new ReaderKey(register.session().uid(), register.reader());
        Cursor known = cursors.get(key);
        if (known != null && register.session().counter() < known.session.counter()) {
            return; // an attempt of the same incarnation that it has given up since
        }
        if (settings.backpressure()) {
            log.hold(); // publishers are at work: the reader must have its place before it is told that it has
        }
        Answer answer = Answer.of(register.start(), log, settings);
        LogPart part = answer.part();
        long oldest = part.oldest(log.oldest(), answer.head());
        Cursor cursor = cursor(register, answer, now.ns());
        cursor.registered(register.start(), known, answer.expiry() != null);
        cursors.put(key, cursor);
        receipts.acknowledged(cursor);
        lowest = null;
        touched(cursor);
        if (settings.backpressure()) {
            log.release(backpressure.acknowledgedByAll(cursors.values(), now.ns()), now.ms());
        }
        if (answer.expiry() == null || cursor instanceof CopyCursor) { // what a copy lacks is judged by its node
            send(
                    cursor,
                    new Registered(
                            topic,
                            cursor.reader,
                            cursor.session,
                            log.identity(part),
                            part.sequence(answer.next()),
                            oldest,
                            part.sequence(answer.head()),
                            quietMs(answer.head(), now.ns())));
            if (ends(part) && answer.next() > answer.head()) {
                cursor.heartbeatDueNs = now.ns(); // there is nothing more: say so at once
                touched(cursor);
            }
        } else {
            boolean isOverrun = answer.expiry() == Reason.OVERRUN
                    && register.start() instanceof Start.After asked
                    && asked.position().epoch().equals(part.epoch());
            OptionalLong behind = isOverrun && register.start() instanceof Start.After after
                    ? OptionalLong.of(after.position().sequence())
                    : OptionalLong.empty();
            expire(cursor, answer.expiry(), answer.next(), answer.head(), OptionalLong.empty(), behind);
        }
    }

    private Cursor cursor(Register register, Answer answer, long nowNs) {
        Session session = register.session();
        long reader = register.reader();
        long window = register.windowBytes();
        return register.start() instanceof Start.Copy copy
                ? new CopyCursor(
                        session, reader, answer.part(), answer.next(), answer.least(copy, log), window, nowNs, settings)
                : new Cursor(session, reader, answer.part(), answer.next(), window, nowNs, settings);
    }

    /** For how long at least that is the head. */
    private long quietMs(long head, long nowNs) {
        look(nowNs);
        return seenHead == head ? (nowNs - seenNs) / NS_PER_MS : 0;
    }

    private void look(long nowNs) {
        long head = log.head();
        if (head != seenHead) {
            seenHead = head;
            seenNs = nowNs;
        }
    }

    /** The Register of a later session may have been lost. */
    private void onDeregister(Deregister message) {
        ReaderKey key = new ReaderKey(message.session().uid(), message.reader());
        Cursor cursor = cursors.get(key);
        if (cursor != null && cursor.session.counter() <= message.session().counter()) {
            cursors.remove(key);
            lowest = null;
            if (cursors.keySet().stream().noneMatch(other -> other.uid() == key.uid())) {
                receipts.ended(key.uid(), ReceiptAnswer.Kind.UNSUBSCRIBED);
            }
        }
    }

    private void onAck(Ack ack, long nowNs) {
        Cursor cursor = cursors.get(new ReaderKey(ack.session().uid(), ack.reader()));
        if (cursor == null || !cursor.session.equals(ack.session())) {
            return;
        }
        long acked = cursor.part.number(ack.sequence());
        if (cursor.acked <= acked && acked <= cursor.sent) { // rule P5
            cursor.acknowledged(acked, ack.windowBytes(), nowNs, settings);
            if (cursor instanceof CopyCursor copy) {
                copy.states(evictable(ack.least()));
            }
            receipts.acknowledged(cursor);
            Cursor known = lowest;
            if (known != null && (cursor.equals(known) || cursor.doneUpTo() < known.doneUpTo())) {
                lowest = null; // what a node needs may go back
            }
            long head = cursor.part.head(log.head());
            cursor.owing = cursor.acked < head;
            if (cursor.sent < head) {
                send(cursor);
            }
            if (ends(cursor.part) && !cursor.owing) {
                cursor.heartbeatDueNs = nowNs; // it has everything: say Gone at once
            }
            touched(cursor);
        }
    }

    /** The number up to which messages may be overwritten, as far as a node is concerned that says so of this log. */
    private long evictable(long least) {
        return least == Ack.KEEPS_NOTHING ? Ring.ALL : Math.max(Math.min(least, log.head()), log.oldest() - 1);
    }

    private void onGoneAck(GoneAck message) {
        Cursor cursor = cursors.get(new ReaderKey(message.session().uid(), message.reader()));
        if (cursor == null || !cursor.session.equals(message.session())) {
            return;
        }
        LogPart part = cursor.part;
        if (ends(part) && message.head() == part.sequence(part.head(log.head()))) {
            cursor.goneAcknowledged = true;
        }
    }

    private void releaseAndSend(Now now) {
        look(now.ns());
        send(now.ns());
        release(now);
        receipts.settle(cursors.values(), now.ns());
        assert invariant() : topic;
    }

    /** What all have acknowledged makes room for those that wait, as does that the node is up; what they publish is sent. */
    private void release(Now now) {
        if (settings.backpressure() || log.waiting() > 0) {
            long head = log.head();
            log.release(backpressure.acknowledgedByAll(cursors.values(), now.ns()), now.ms());
            if (log.head() != head) {
                send(now.ns());
            }
            askWhoHolds(now.ns());
        }
        if (writer != null) {
            writer.onLine(now); // what there is room for by now
            saysTheEnd(now.ns());
        }
    }

    /** Publishers wait: a node that has everything, and needs messages to be kept, owes an answer from now on, and gets heartbeats. */
    private void askWhoHolds(long nowNs) {
        if (settings.backpressure() && log.waiting() > 0) {
            for (Cursor cursor : cursors.values()) {
                if (!cursor.owing && cursor instanceof CopyCursor copy && copy.holds(log.head())) {
                    cursor.beginToOwe(nowNs, settings.heartbeatNs());
                    touched(cursor);
                }
            }
        }
    }

    /** A log that was being stored when its node began to leave has its last message by now. */
    private void saysTheEnd(long nowNs) {
        if (leaving && writer != null && writer.isIdle() && !endSaid) {
            endSaid = true;
            cursors.values().forEach(cursor -> cursor.heartbeatDueNs = nowNs);
            heartbeatDueNs = nowNs;
        }
    }

    private void send(long nowNs) {
        long head = log.head();
        for (Cursor cursor : cursors.values()) {
            if (cursor.sent < cursor.part.head(head)) {
                if (!cursor.owing) {
                    cursor.beginToOwe(nowNs, settings.heartbeatNs());
                    touched(cursor);
                }
                send(cursor);
            }
        }
    }

    private void send(Cursor cursor) {
        while (true) {
            boolean isOpen = cursor.isOpen(settings.batchBytes());
            if (!isOpen && !(cursor instanceof CopyCursor copy && copy.isStopped())) {
                return;
            }
            if (cursor.sent + 1 < log.oldest()) {
                overrun(cursor); // rule P4
                return;
            }
            if (!isOpen) {
                return;
            }
            long bytes = Math.min(cursor.batchBytes, cursor.windowBytes);
            long left = cursor.part.head(log.head()) - cursor.sent;
            if (left <= 0) {
                return;
            }
            Reading reading = log.read(cursor.sent + 1, (int) Math.min(left, Limits.MAX_BATCH_MESSAGES), bytes);
            if (reading instanceof Reading.Overrun) {
                overrun(cursor);
                return;
            } else if (reading instanceof Reading.Messages read) {
                sendBatch(cursor, read.slices());
            } else {
                return;
            }
        }
    }

    private void send(Cursor cursor, ToConsumer message) {
        outbox.send(cursor.session.uid(), message);
    }

    private void sendBatch(Cursor cursor, List<Slice> slices) {
        int count = Batch.count(slices);
        long bytes = Batch.sizeBytes(slices);
        LogPart part = cursor.part;
        long head = part.head(log.head());
        boolean isLast = cursor.sent + count == head;
        boolean isAwaited = !receipts.isEmpty() || (isLast && (ends(part) || log.waiting() > 0));
        boolean asks = isAwaited || cursor.asks(count, bytes, settings);
        long first = part.sequence(cursor.sent + 1);
        long oldest = part.oldest(log.oldest(), head);
        Batch batch = new Batch(topic, cursor.reader, cursor.session, first, oldest, part.sequence(head), asks, slices);
        cursor.sent(cursor.sent + count, bytes, asks);
        send(cursor, batch);
    }

    private void overrun(Cursor cursor) {
        long head = cursor.part.head(log.head());
        long oldest = Math.min(log.oldest(), head + 1);
        long sent = cursor.sent;
        long next = sent + 1 < oldest // else it is lost (rule D12), and the ring does not run after the reader
                ? Math.max(Answer.resumeAfterOverrun(cursor.part, oldest, head, settings), sent + 1)
                : sent + 1;
        long resumeAt = Math.min(log.behindLost(next), head + 1);
        cursor.overtaken(resumeAt);
        lowest = null;
        touched(cursor);
        OptionalLong at = OptionalLong.of(cursor.part.sequence(sent));
        expire(cursor, Reason.OVERRUN, resumeAt, head, at, at);
    }

    /**
     * It missed something.
     *
     * @param sent how far the cursor was; empty if it is new, and this answers its Register
     * @param behind how far the reader has got, if that is known
     */
    private void expire(
            Cursor cursor, Reason reason, long resumeAt, long head, OptionalLong sent, OptionalLong behind) {
        if (expiries.isEmpty()) {
            expiries = new EnumMap<>(Reason.class);
        }
        expiries.merge(reason, 1L, Long::sum);
        send(
                cursor,
                new CursorExpired(
                        topic,
                        cursor.reader,
                        cursor.session,
                        reason,
                        log.identity(cursor.part),
                        cursor.part.sequence(resumeAt),
                        cursor.part.oldest(log.oldest(), head),
                        cursor.part.sequence(head),
                        sent.isEmpty()));
        if (cursor instanceof CopyCursor) {
            movedOver(cursor, reason, cursor.part.number(sent.orElseThrow()), resumeAt);
        } else {
            moved(cursor, reason, cursor.part, sent, behind, resumeAt);
        }
    }

    /** A copy is of all streams of the log: people are told of each of which it missed something, in that one's sequences. */
    private void movedOver(Cursor cursor, Reason reason, long sent, long resumeAt) {
        long behind = sent;
        while (behind < resumeAt - 1) {
            LogPart part = log.parts().at(behind + 1);
            long last = Math.min(part.last(), resumeAt - 1);
            OptionalLong at = OptionalLong.of(part.sequence(behind));
            moved(cursor, reason, part, at, at, last + 1);
            behind = last;
        }
    }

    private void moved(
            Cursor cursor, Reason reason, LogPart part, OptionalLong sent, OptionalLong behind, long resumeAt) {
        outbox.add(new Effect.CursorMoved(
                topic, cursor.session, cursor.reader, reason, part, sent, behind, part.sequence(resumeAt)));
    }

    /** A reader that has come to the end of an earlier stream asks for the next one at once, or is no more. */
    private boolean needsHeartbeat(Cursor cursor, long head) {
        return ends(cursor.part)
                ? !cursor.goneAcknowledged || cursor.part.isEarlier()
                : !cursor.isLevel(cursor.part.head(head)) || cursor.owing;
    }
}
