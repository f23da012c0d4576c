package dev.gapless.core.log;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A producer's latest messages.
 *
 * <pre>
 *   publish ──► node up? ──yes──► room? ──yes──► sequence, time, append ──► its sequence
 *                 │ no              │ no (backpressure: the slowest reader has not acknowledged the oldest message)
 *                 └─────────────────┴────► wait, in order ──► release / expire / close settle the tickets
 * </pre>
 *
 * <p>A durable log takes nothing by itself (rule D1): all wait, and are in it once they are stored.
 *
 * <pre>
 *   publish ──► wait, in order ──take──► under way ──stored──► append ──► its sequence
 *                                           └──putBack──► wait, in front
 * </pre>
 *
 * <p>Thread-safe. Publishing threads write under a short lock; whatever one thread publishes is sequenced in that order
 * (G7). {@link #read} takes no lock.
 *
 * <p>A publish with the id of a message that is here gets that one's position, and publishes nothing (rule P17). One whose id waits, or is
 * being stored, waits behind it.
 *
 * <p>Messages are numbered over all streams of the log; its own stream's sequences rise by one from 1 (see {@link LogPart}).
 *
 * <p>Invariants: numbers rise by one; publish times never decrease; once a publish waits, every
 * later one waits after it.
 */
public final class Log {
    /** Who waits for room is admitted once so much of what there is has been acknowledged by all. */
    private static final int ROOMY_PARTS = 16;

    private volatile LogIdentity identity;
    /** Its streams, its own last. */
    private volatile LogParts parts;

    private final TopicSettings settings;
    private final Gate gate;
    private final Ring<Segment> ring;
    private final Ring.Evicted<Segment> evicted = this::evicted; // one for all messages
    private final ReentrantLock lock = new ReentrantLock();
    private final Line line = new Line();
    private final Ids ids = new Ids();
    private final Ages ages;
    private long evictable = Ring.ALL;
    private long lastMs = Long.MIN_VALUE;
    private long publishedBytes;
    /** When the last message was published of the last segment that is gone. */
    private long evictedMs = Long.MIN_VALUE;

    /** Of a durable log: has it what its store had? */
    private boolean begun;

    private volatile boolean closed;
    private volatile int waiting;

    /**
     * Consecutive messages.
     *
     * @param first the sequence of the first, if there is one
     * @param count how many there are
     */
    public record Sequences(long first, int count) {}

    /** An empty one; the gate is that of its node. */
    public Log(LogIdentity identity, TopicSettings settings, Gate gate) {
        this.identity = identity;
        this.parts = LogParts.of(identity.epoch());
        this.settings = settings;
        this.gate = gate;
        this.ring = new Ring<>(settings.bufferMessages(), settings.bufferBytes(), 1);
        this.ages = Ages.of(settings.maxAgeNs());
    }

    public LogIdentity identity() {
        return identity;
    }

    /** What is said of one of its streams. */
    public LogIdentity identity(LogPart part) {
        return part.isEarlier() ? identity.ofEarlier(part.epoch(), part.uid()) : identity;
    }

    /** Its streams. */
    public LogParts parts() {
        return parts;
    }

    private LogPart own() {
        return parts.own();
    }

    /** The lowest number that can still be read, or {@code head() + 1}. */
    public long oldest() {
        return ring.oldest();
    }

    /** The number that was given out last. */
    public long head() {
        return ring.head();
    }

    /** What its messages are charged for, and what it takes in memory to find those that have ids. */
    public long bytes() {
        return ring.bytes() + ids.bytes();
    }

    /** The second part of {@link #bytes}. */
    public long idBytes() {
        return ids.bytes();
    }

    /** Does it hold less than its settings say? */
    public boolean isLimited() {
        return ring.maxBytes() < settings.bufferBytes();
    }

    /** How many bytes it holds at most: as its settings say, or as {@link #limit} does. */
    public long maxBytes() {
        return ring.maxBytes();
    }

    /** {@link Ring#size}. */
    public int size() {
        return ring.size();
    }

    /** How many publishes wait, for the node to be up or for room. */
    public int waiting() {
        return waiting;
    }

    /**
     * Gives the message its sequence if it need not wait, and has no id. The same conditions as for {@link #publish}, which says why, and lets
     * it wait.
     *
     * @param nowMs the time of day, in milliseconds since 1970
     * @return the sequence, or 0 if it has none
     */
    public long tryPublish(Content content, long nowMs) {
        lock.lock();
        try {
            return closed || content.id() != null || mustWait(content) ? 0 : append(content, nowMs);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same for messages in this order, up to the first that has to wait or has an id; nothing comes between them.
     *
     * @return their sequences
     */
    public Sequences tryPublish(List<Content> contents, long nowMs) {
        lock.lock();
        try {
            long first = ring.head() + 1;
            int count = 0;
            while (count < contents.size() && !closed) {
                Content next = contents.get(count);
                if (next.id() != null || mustWait(next)) {
                    break;
                }
                append(next, nowMs);
                count++;
            }
            return new Sequences(first, count);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives the message its sequence, or lets it wait. The content must be no larger than rule P10 allows; the caller has
     * checked, since only it can say what to do about it.
     *
     * @param nowMs the time of day, in milliseconds since 1970
     * @param nowNs of the clock for durations
     * @param ticket told the outcome if the answer is {@link Admission.Waiting}; else not used
     */
    public Admission publish(Content content, long nowMs, long nowNs, Ticket ticket) {
        lock.lock();
        try {
            if (closed) {
                return new Admission.Closed();
            }
            Admission known = known(content);
            if (known != null) {
                return known;
            }
            if (mustWait(content)) {
                boolean tooLong = settings.durable() && line.bytes() + content.sizeBytes() > settings.bufferBytes();
                if (line.size() >= settings.maxPendingPublishes() || tooLong) {
                    return new Admission.TooMany(line.size(), awaited());
                }
                line.add(new Line.Waiter(content.kept(), nowMs, nowNs + settings.backpressureTimeoutNs(), ticket));
                waiting = line.unsettled();
                return new Admission.Waiting();
            }
            return accepted(append(content, nowMs));
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was published before this is not to be relied on (rule P16): every reader that comes here is told that it misses something, up to
     * this. Only that the node is up, and the store, is waited for; never room, and not for a time. The log takes one for all that wait.
     *
     * @param nowMs the time of day, in milliseconds since 1970
     * @param ticket told the outcome, once
     * @return the ticket of the one that waits: of an earlier one, if that waits already, and then this one's is not used
     */
    public Ticket invalidate(long nowMs, Ticket ticket) {
        Admission outcome;
        lock.lock();
        try {
            if (closed) {
                outcome = new Admission.Closed();
            } else if (settings.durable() || !gate.isOpen()) {
                Ticket waits = line.invalidate(ticket, nowMs);
                waiting = line.unsettled();
                return waits;
            } else {
                outcome = accepted(append(Content.invalidation(), nowMs));
            }
        } finally {
            lock.unlock();
        }
        ticket.settled(outcome);
        return ticket;
    }

    /** Nothing that is there now is overwritten until {@link #release} says what may be. */
    public void hold() {
        lock.lock();
        try {
            evictable = Math.min(evictable, ring.oldest() - 1);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Messages up to {@code acknowledged} may be overwritten: admits those that wait, if the node is up and as far as there is room. Not for
     * a few at a time, unless the first has waited for a while: each of them would be sent alone to readers that have everything else.
     */
    public void release(long acknowledged, long nowMs) {
        List<Line.Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            evictable = acknowledged;
            boolean admits = !settings.durable() && gate.isOpen();
            Line.Waiter invalidation = admits ? line.removeInvalidation() : null;
            if (invalidation != null) {
                settled.add(new Line.Settled(invalidation.ticket(), accepted(append(invalidation.content(), nowMs))));
            }
            boolean mayEnter = admits && !line.isEmpty() && (isRoomy() || hasWaited(nowMs));
            line.settleKnown(this::known, settled);
            while (mayEnter && !line.isEmpty() && !isFullFor(line.first().content())) {
                Line.Waiter next = line.remove();
                settled.add(new Line.Settled(next.ticket(), accepted(append(next.content(), nowMs))));
                line.settleKnown(this::known, settled);
            }
            waiting = line.unsettled();
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
    }

    /** Drops frames that are older than the settings allow, but for those that a reader is waited for. */
    public void dropOld(long nowNs) {
        if (!ages.areLimited()) {
            return;
        }
        lock.lock();
        try {
            long upTo = Math.min(ages.tooOld(ring.head(), nowNs), evictable);
            if (ring.oldest() <= upTo) {
                ring.evict(upTo, evicted);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * From now on it holds so many bytes at most, and never more than its settings say. What it has beyond that goes, the oldest first: whoever
     * lacks some of that is told, as of all that is overwritten. What a reader is waited for stays.
     *
     * <p>Whole segments go, as long as the others take more memory than that: what goes is free at once.
     */
    public void limit(long bytes) {
        lock.lock();
        try {
            ring.limit(Math.min(bytes, settings.bufferBytes()));
            long kept = segmentBytes();
            while (ring.size() > 0
                    && ring.oldest() <= evictable
                    && Math.max(kept, ring.bytes()) + ids.bytes() > bytes) {
                Segment oldest = Objects.requireNonNull(ring.get(ring.oldest()));
                kept -= oldest.memoryBytes();
                ring.evict(Math.min(oldest.last(), evictable), evicted);
            }
        } finally {
            lock.unlock();
        }
    }

    private long segmentBytes() {
        long sum = 0;
        Segment next = ring.get(ring.oldest());
        while (next != null) {
            sum += next.memoryBytes();
            next = ring.get(next.last() + 1);
        }
        return sum;
    }

    /** When {@link #dropOld} is due, or {@code Long.MAX_VALUE}. */
    public long oldDueNs(long nowNs) {
        if (!ages.areLimited()) {
            return Long.MAX_VALUE; // without the lock, which those who publish want
        }
        lock.lock();
        try {
            return ages.dueNs(ring.oldest() > ring.head(), nowNs);
        } finally {
            lock.unlock();
        }
    }

    /** When {@link #expireWaiters} is due, or {@code Long.MAX_VALUE} if nobody waits. */
    public long waitersDueNs() {
        if (waiting == 0) {
            return Long.MAX_VALUE; // without the lock, which those who publish want
        }
        lock.lock();
        try {
            return line.dueNs();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses those that have waited for too long. */
    public void expireWaiters(long nowNs) {
        List<Line.Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            Awaited what = awaited();
            line.expire(nowNs, due -> tooLate(due, what), settled);
            waiting = line.unsettled();
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
    }

    /** How many bytes were published here: {@link Slice#length} of all messages. */
    public long publishedBytes() {
        lock.lock();
        try {
            return publishedBytes;
        } finally {
            lock.unlock();
        }
    }

    /** How many messages were published here. */
    public long publishedMessages() {
        return own().sequence(head());
    }

    /** Was anything ever published here? */
    public boolean hasPublished() {
        return publishedMessages() > 0;
    }

    /** Closes it. {@return its last sequence; 0 if nothing was ever published here, and none if it may still get what is being stored} */
    public OptionalLong end() {
        List<Line.Settled> settled = new ArrayList<>();
        OptionalLong last;
        lock.lock();
        try {
            refuse(settled);
            last = line.isUnderWay() ? OptionalLong.empty() : OptionalLong.of(publishedMessages());
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
        return last;
    }

    /** Its store answers no more: whoever waits for what is being stored is told that nobody knows of it. */
    public void abandon() {
        List<Line.Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            line.abandon(settled);
            waiting = line.unsettled();
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
    }

    private void refuse(List<Line.Settled> settled) {
        closed = true;
        line.refuse(settled);
        waiting = line.unsettled();
    }

    // ------------------------------------------------------------------ of a durable log

    /**
     * It begins with these streams of earlier incarnations, of which the messages from this number on follow in {@link #restore}. Before
     * anything else.
     *
     * @param heads the last sequence of each, the oldest first
     * @param topic for their epochs
     * @param first the number of the first message; one more than all of them if there is none
     * @param beforeMs when the message in front of that was published at the latest
     * @param lastMs when a message was published last, if any was, in milliseconds since 1970
     */
    public void begin(List<LogRecord.Head> heads, String topic, long first, long beforeMs, long lastMs) {
        lock.lock();
        try {
            parts = LogParts.of(heads, topic, identity.epoch());
            identity = identity.behind(heads.stream()
                    .map(head -> new LogIdentity.Earlier(head.uid(), head.sequence()))
                    .toList());
            ring.beginAt(first);
            begun = true;
            evictedMs = first > 1 ? beforeMs : evictedMs;
            this.lastMs = Math.max(this.lastMs, lastMs);
        } finally {
            lock.unlock();
        }
    }

    /** Those up to this number were stored before, and are lost. They were published at that time at the latest. */
    public void lost(long upTo, long timeMs) {
        lock.lock();
        try {
            long count = upTo - ring.head();
            if (count <= 0) {
                return;
            }
            lastMs = Math.max(lastMs, timeMs);
            if (count >= ring.maxEntries() || ring.size() == 0) {
                ring.evict(ring.head(), evicted);
                ring.skip(count);
                evictedMs = timeMs;
            } else {
                ring.makeRoom((int) count, 0, evictable, evicted);
                ring.add(Segment.lost(ring.head() + 1, (int) count, timeMs));
                ring.added((int) count, 0);
            }
        } finally {
            lock.unlock();
        }
    }

    /** This number, or if that message is lost the next one behind it that is not. */
    public long behindLost(long number) {
        Segment segment = ring.get(number);
        return segment != null && segment.isLost() ? segment.last() + 1 : number;
    }

    /** Messages that were stored before, at that time. */
    public void restore(List<Content> contents, long timeMs, Now now) {
        lock.lock();
        try {
            lastMs = timeMs;
            contents.forEach(content -> append(content, timeMs));
            ages.restored(ring.head(), timeMs, now);
            publishedBytes = 0; // of another incarnation
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next of those that wait, as many as fit and have room, are to be stored.
     *
     * @return their contents; empty if there are none
     */
    public List<Content> take(int most, long maxBytes) {
        List<Line.Settled> settled = new ArrayList<>();
        List<Content> taken;
        lock.lock();
        try {
            taken = gate.isOpen() ? taken(most, maxBytes, settled) : List.of();
            waiting = line.unsettled();
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
        return taken;
    }

    private List<Content> taken(int most, long maxBytes, List<Line.Settled> settled) {
        if (line.takeInvalidation()) {
            return List.of(Content.invalidation()); // alone: it needs no room
        }
        List<Content> taken = line.take(
                (count, size, memory) -> (count == 1 || (count <= most && size <= maxBytes)) && fits(count, memory),
                this::known,
                settled);
        if (settings.backpressure() && !taken.isEmpty()) { // a reader that registers meanwhile holds what is there then
            long more = taken.stream().mapToLong(Content::memoryBytes).sum();
            ring.makeRoom(taken.size(), more + ids.bytes(), evictable, evicted);
        }
        return taken;
    }

    /** With backpressure it must have room; of several, in an empty log, too. */
    private boolean fits(int count, long memoryBytes) {
        boolean exceeds = count > 1 && (count > settings.bufferMessages() || memoryBytes > ring.maxBytes());
        return !(settings.backpressure() && exceeds) && !isFullFor(count, memoryBytes);
    }

    /** When what is being stored counts as published, in milliseconds since 1970: no earlier than anything before. */
    public long timeMs(long nowMs) {
        lock.lock();
        try {
            lastMs = Math.max(lastMs, nowMs);
            return lastMs;
        } finally {
            lock.unlock();
        }
    }

    /** What was under way is stored, at this time. */
    public void stored(long timeMs) {
        List<Line.Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            for (Line.Waiter one : line.stored()) {
                settled.add(new Line.Settled(one.ticket(), accepted(append(one.content(), timeMs))));
            }
            waiting = line.unsettled();
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
    }

    /** What was under way is not stored, and never will be: it waits again, but for those whose publishers were told that nobody knows. */
    public void putBack() {
        List<Line.Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            line.putBack();
            if (closed) {
                line.refuse(settled);
            }
            waiting = line.unsettled();
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
    }

    /** Refuses whatever waits or comes: from now on the head stays where it is. */
    public void close() {
        List<Line.Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            refuse(settled);
        } finally {
            lock.unlock();
        }
        Line.Settled.tell(settled);
    }

    /** For tests: whoever sees it closed reads all that was published before. */
    public boolean isClosed() {
        return closed;
    }

    /** Reads from {@code from} on: at least one message if there is one, then as many as fit the bounds. */
    public Reading read(long from, int maxMessages, long maxBytes) {
        if (from > ring.head()) {
            return Reading.EMPTY;
        }
        long head = ring.head();
        List<Slice> slices = new ArrayList<>(2);
        long next = from;
        long left = maxBytes;
        int count = 0;
        while (next <= head && count < maxMessages) {
            Segment segment = ring.get(next);
            if (segment == null || segment.isLost()) {
                break; // overwritten
            }
            int there = (int) (Math.min(head, segment.last()) - next + 1);
            Slice all = segment.slice(next, Math.min(there, maxMessages - count));
            if (!slices.isEmpty() && all.sizeBytes(0) > left) {
                break;
            }
            Slice slice = all.part(0, all.fitting(0, all.count(), left));
            slices.add(slice);
            next += slice.count();
            count += slice.count();
            left -= slice.sizeBytes();
            if (slice.count() < there) {
                break;
            }
        }
        return slices.isEmpty() ? Reading.OVERRUN : new Reading.Messages(slices);
    }

    /**
     * The first sequence published at {@code timeMs} or later, {@code head() + 1} if there is none yet, or 0 if it may have
     * been overwritten (rules P2, P11).
     */
    public long firstSince(long timeMs) {
        lock.lock();
        try {
            long low = ring.oldest();
            if (low > 1 && evictedMs(low) >= timeMs) {
                return 0;
            }
            long high = ring.head() + 1;
            while (low < high) {
                long middle = (low + high) >>> 1;
                Segment segment = ring.get(middle);
                if (segment == null || segment.publishedMs(middle) < timeMs) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        } finally {
            lock.unlock();
        }
    }

    /** May a good part of the messages be overwritten, or all? */
    private boolean isRoomy() {
        return evictable >= ring.head() || (evictable - ring.oldest() + 1) * ROOMY_PARTS >= ring.size();
    }

    private boolean hasWaited(long nowMs) {
        return Math.abs(nowMs - line.first().sinceMs()) * 1_000_000 >= settings.ackDelayNs(); // also if a clock was set
    }

    private boolean mustWait(Content content) {
        return settings.durable() || !line.isEmpty() || !gate.isOpen() || isFullFor(content);
    }

    private Awaited awaited() {
        if (!gate.isOpen()) {
            return Awaited.MEMBERSHIP;
        }
        boolean lacksRoom = !line.isEmpty() && isFullFor(line.first().content());
        return settings.durable() && !lacksRoom ? Awaited.STORE : Awaited.ROOM;
    }

    private boolean isFullFor(Content content) {
        return isFullFor(1, content.memoryBytes());
    }

    /** With backpressure. Ids are in memory, and so within what the ring may hold. */
    private boolean isFullFor(int count, long memoryBytes) {
        return settings.backpressure() && ring.isFullFor(count, memoryBytes + ids.bytes(), evictable);
    }

    /** What a publish gets whose id a message has that is here; null if there is none. */
    private @Nullable Admission known(Content content) {
        String id = content.id();
        Long number = id == null ? null : ids.get(id);
        Segment segment = number == null ? null : ring.get(number);
        if (number == null || segment == null) {
            return null;
        }
        if (!segment.slice(number, 1).isSame(0, content)) {
            return new Admission.IdReused();
        }
        LogPart part = parts.at(number);
        return new Admission.Accepted(new Position(part.epoch(), part.sequence(number)));
    }

    /** What a publish gets that has waited for too long, and of which nothing is under way itself. */
    private Admission tooLate(Content content, Awaited what) {
        Admission known = known(content);
        if (known != null) {
            return known;
        }
        // An earlier publish with its id may be in the store, of this incarnation or of one before.
        boolean mayBeStored = content.id() != null && settings.durable() && (!begun || line.isUnderWay(content));
        return mayBeStored ? new Admission.Unknown() : new Admission.TimedOut(what);
    }

    private Admission accepted(long number) {
        return new Admission.Accepted(new Position(identity.epoch(), own().sequence(number)));
    }

    private long append(Content content, long nowMs) {
        lastMs = Math.max(lastMs, nowMs);
        assert !settings.durable() || nowMs == lastMs : nowMs + " before " + lastMs;
        if (content.isInvalidation()) {
            ring.evict(ring.head(), evicted);
            ring.skip(1);
            evictedMs = lastMs;
            return ring.head();
        }
        long sizeBytes = content.sizeBytes() + Slice.OVERHEAD_BYTES;
        ring.makeRoom(1, content.memoryBytes() + ids.bytes(), evictable, evicted);
        Segment open = ring.newest();
        if (open == null || !open.takes(content, lastMs)) {
            open = Segment.of(ring.head() + 1, lastMs, content, ring.bytes());
            ring.add(open);
        }
        open.append(content, lastMs);
        publishedBytes += content.frameBytes();
        ring.added(1, sizeBytes);
        String id = content.id();
        if (id != null) {
            ids.add(id, ring.head());
        }
        return ring.head();
    }

    private void evicted(Segment segment, long upTo) {
        ids.evictedUpTo(upTo);
        if (upTo == segment.last()) {
            evictedMs = segment.publishedMs(upTo); // of all others it is looked up when it is asked for
        }
    }

    /** When the message in front of the oldest was published. */
    private long evictedMs(long oldest) {
        Segment segment = ring.get(oldest);
        return segment != null && segment.first() < oldest ? segment.publishedMs(oldest - 1) : evictedMs;
    }
}
