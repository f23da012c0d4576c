package dev.gapless.core.log;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A producer's latest messages.
 *
 * <pre>
 *   publish ──► node up? ──yes──► room? ──yes──► sequence, time, append ──► its sequence
 *                 │ no              │ no (backpressure: the slowest reader has not acknowledged the oldest message)
 *                 └─────────────────┴────► wait, in order ──► release / expire / close settle the tickets
 * </pre>
 *
 * <p>Thread-safe. Publishing threads write under a short lock; whatever one thread publishes is sequenced in that order
 * (G7). {@link #read} takes no lock.
 *
 * <p>Invariants: sequences rise by one from 1; publish times never decrease; once a publish waits, every
 * later one waits after it.
 */
public final class Log {
    /** Who waits for room is admitted once so much of what there is has been acknowledged by all. */
    private static final int ROOMY_PARTS = 16;

    private final LogIdentity identity;
    private final TopicSettings settings;
    private final Gate gate;
    private final Ring<Segment> ring;
    private final Ring.Evicted<Segment> evicted = this::evicted; // one for all messages
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>(0);

    private final Ages ages;
    private long evictable = Ring.ALL;
    private long lastMs = Long.MIN_VALUE;
    private long publishedBytes;
    /** When the last message was published of the last segment that is gone. */
    private long evictedMs = Long.MIN_VALUE;

    private volatile boolean closed;
    private volatile int waiting;

    private record Waiter(Content content, long sinceMs, long deadlineNs, Ticket ticket) {}

    private record Settled(Ticket ticket, Admission outcome) {}

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
        this.settings = settings;
        this.gate = gate;
        this.ring = new Ring<>(settings.bufferMessages(), settings.bufferBytes(), 1);
        this.ages = Ages.of(settings.maxAgeNs());
    }

    public LogIdentity identity() {
        return identity;
    }

    /** The lowest sequence that can still be read, or {@code head() + 1}. */
    public long oldest() {
        return ring.oldest();
    }

    /** The sequence that was given out last. */
    public long head() {
        return ring.head();
    }

    /** {@link Ring#bytes}. */
    public long bytes() {
        return ring.bytes();
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
     * Gives the message its sequence if it need not wait. The same conditions as for {@link #publish}, which says why, and lets it wait.
     *
     * @param nowMs the time of day, in milliseconds since 1970
     * @return the sequence, or 0 if it has none
     */
    public long tryPublish(Content content, long nowMs) {
        lock.lock();
        try {
            return closed || mustWait(content) ? 0 : append(content, nowMs);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same for messages in this order, up to the first that has to wait; nothing comes between them.
     *
     * @return their sequences
     */
    public Sequences tryPublish(List<Content> contents, long nowMs) {
        lock.lock();
        try {
            long first = ring.head() + 1;
            int count = 0;
            while (count < contents.size() && !closed && !mustWait(contents.get(count))) {
                append(contents.get(count), nowMs);
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
            if (mustWait(content)) {
                if (waiters.size() >= settings.maxPendingPublishes()) {
                    return new Admission.TooMany(settings.maxPendingPublishes(), awaited());
                }
                waiters.add(new Waiter(content.kept(), nowMs, nowNs + settings.backpressureTimeoutNs(), ticket));
                waiting = waiters.size();
                return new Admission.Waiting();
            }
            return accepted(append(content, nowMs));
        } finally {
            lock.unlock();
        }
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
        List<Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            evictable = acknowledged;
            boolean mayEnter = gate.isOpen() && !waiters.isEmpty() && (isRoomy() || hasWaited(nowMs));
            while (mayEnter
                    && !waiters.isEmpty()
                    && !isFullFor(waiters.element().content())) {
                Waiter next = waiters.remove();
                settled.add(new Settled(next.ticket(), accepted(append(next.content(), nowMs))));
            }
            waiting = waiters.size();
        } finally {
            lock.unlock();
        }
        settle(settled);
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
            Waiter first = waiters.peek();
            return first == null ? Long.MAX_VALUE : first.deadlineNs();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses those that have waited for too long. */
    public void expireWaiters(long nowNs) {
        List<Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            while (!waiters.isEmpty() && waiters.element().deadlineNs() - nowNs <= 0) {
                settled.add(new Settled(waiters.remove().ticket(), new Admission.TimedOut(awaited())));
            }
            waiting = waiters.size();
        } finally {
            lock.unlock();
        }
        settle(settled);
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
        return head();
    }

    /** Was anything ever published here? */
    public boolean hasPublished() {
        return head() > 0;
    }

    /** Closes it. {@return its last sequence; 0 if nothing was ever published here} */
    public long end() {
        close();
        return head();
    }

    /** Refuses whatever waits or comes: from now on the head stays where it is. */
    public void close() {
        List<Settled> settled = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            for (Waiter waiter : waiters) {
                settled.add(new Settled(waiter.ticket(), new Admission.Closed()));
            }
            waiters.clear();
            waiting = 0;
        } finally {
            lock.unlock();
        }
        settle(settled);
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
            if (segment == null) {
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
        return Math.abs(nowMs - waiters.element().sinceMs()) * 1_000_000
                >= settings.ackDelayNs(); // also if a clock was set
    }

    private boolean mustWait(Content content) {
        return !waiters.isEmpty() || !gate.isOpen() || isFullFor(content);
    }

    private Awaited awaited() {
        return gate.isOpen() ? Awaited.ROOM : Awaited.MEMBERSHIP;
    }

    private boolean isFullFor(Content content) {
        return settings.backpressure() && ring.isFullFor(1, content.sizeBytes() + Slice.OVERHEAD_BYTES, evictable);
    }

    private Admission accepted(long sequence) {
        return new Admission.Accepted(new Position(identity.epoch(), sequence));
    }

    private long append(Content content, long nowMs) {
        lastMs = Math.max(lastMs, nowMs);
        long sizeBytes = content.sizeBytes() + Slice.OVERHEAD_BYTES;
        ring.makeRoom(1, sizeBytes, evictable, evicted);
        Segment open = ring.newest();
        if (open == null || !open.takes(content, lastMs)) {
            open = Segment.of(ring.head() + 1, lastMs, content, ring.bytes());
            ring.add(open);
        }
        open.append(content, lastMs);
        publishedBytes += content.frameBytes();
        ring.added(1, sizeBytes);
        return ring.head();
    }

    private void evicted(Segment segment, long upTo) {
        if (upTo == segment.last()) {
            evictedMs = segment.publishedMs(upTo); // of all others it is looked up when it is asked for
        }
    }

    /** When the message in front of the oldest was published. */
    private long evictedMs(long oldest) {
        Segment segment = ring.get(oldest);
        return segment != null && segment.first() < oldest ? segment.publishedMs(oldest - 1) : evictedMs;
    }

    private static void settle(List<Settled> settled) {
        for (Settled one : settled) {
            one.ticket().settled(one.outcome());
        }
    }
}
