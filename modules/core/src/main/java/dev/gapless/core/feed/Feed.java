package dev.gapless.core.feed;

import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ages;
import dev.gapless.core.log.Frame;
import dev.gapless.core.log.Ring;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A node's own ring for a topic: what came from all producers, and every expiry, in the order received. Subscriptions read
 * it, each at its own pace; one that is overtaken finds out, and is told from {@link #overtaken} what it missed.
 *
 * <p>Per producer the entries form a chain: each goes on where the one before ended. What fell out of the ring is remembered
 * as the producer's base, the position behind its last entry that is gone (rule F1).
 *
 * <p>Written by one thread, that of the topic's consumer, under a lock; read by any number of threads, entries without it,
 * base and oldest index with it, since they mean nothing apart.
 */
public final class Feed {
    private final TopicSettings settings;
    private final Ring<FeedEntry> ring;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Base> bases = new HashMap<>(Limits.NODES_AT_FIRST);
    private final Map<String, Tail> tails = new HashMap<>(Limits.NODES_AT_FIRST);
    /** Under the lock; those that came first come first. */
    private final Set<FeedReader> readers = new LinkedHashSet<>();

    private final Ages ages;
    private long evictable = Ring.ALL;
    private volatile Map<String, At> origins = Map.of();
    private volatile Map<String, Placed> newest = Map.of();
    private volatile Set<String> unresolved = Set.of();
    private volatile long lastNotice;
    private volatile boolean wantsRoom;
    private boolean wantedRoom;

    private static final class Base {
        /** The last entry that is gone, if it was a notice. It keeps no content of a message alive. */
        @Nullable FeedEntry notice;
        /** Else that message's stretch, sequence and key. */
        @Nullable Era era;

        long sequence;

        @Nullable String key;

        void moveTo(FeedEntry entry) {
            if (entry instanceof FeedEntry.Message message) {
                notice = null;
                era = message.era();
                sequence = message.sequence();
                key = message.frame().content().key();
            } else {
                notice = entry;
                era = null;
                key = null;
            }
        }

        Placed at() {
            return notice != null ? notice.after() : new At(Objects.requireNonNull(era), sequence);
        }

        /** Did the producer leave there, in good order? */
        boolean left() {
            return notice instanceof FeedEntry.Left;
        }
    }

    /** A producer's newest entry. */
    private record Tail(Placed at, long index) {}

    /**
     * Where an overtaken reader goes on.
     *
     * @param oldest the oldest index
     * @param bases the position before it, of each producer
     * @param left the producers whose base is where they left in good order
     */
    public record Overtaken(long oldest, Vector bases, Set<String> left) {}

    /**
     * How a catch-up reader goes on in this feed.
     *
     * @param reader attached at the oldest entry
     * @param positions its own, and the ends of producers that are gone for good, and of which it never knew
     */
    public record Joined(FeedReader reader, Vector positions) {}

    public Feed(TopicSettings settings) {
        this.settings = settings;
        this.ring = new Ring<>(settings.ringMessages(), settings.ringBytes(), 1);
        this.ages = Ages.of(settings.maxAgeNs());
    }

    // ------------------------------------------------------------------ for its writer

    public void started(At at) {
        boolean first = !tails.containsKey(at.node()); // else it began with an expiry, which nobody must skip
        FeedEntry entry = new FeedEntry.Started(ring.head() + 1, at);
        if (first) {
            Map<String, At> more = new HashMap<>(origins);
            more.put(at.node(), at);
            origins = Map.copyOf(more);
            lock.lock();
            try {
                baseOf(at.node()).moveTo(entry);
            } finally {
                lock.unlock();
            }
        }
        notice(entry);
    }

    public void messages(Era era, List<Frame> frames) {
        lock.lock();
        try {
            for (Frame frame : frames) {
                append(new FeedEntry.Message(ring.head() + 1, era, frame));
            }
            moveTail(new At(era, frames.get(frames.size() - 1).sequence()), ring.head());
        } finally {
            lock.unlock();
        }
    }

    public void expired(Placed to, Reason reason, long nowMs) {
        notice(new FeedEntry.Expired(ring.head() + 1, to, reason, nowMs));
    }

    public void left(End end) {
        notice(new FeedEntry.Left(ring.head() + 1, end));
    }

    private void notice(FeedEntry entry) {
        lock.lock();
        try {
            lastNotice = entry.index(); // before the entry can be read: who reads it must find it announced
            moveTail(entry.after(), entry.index());
            append(entry);
        } finally {
            lock.unlock();
        }
    }

    private void moveTail(Placed at, long index) {
        Tail before = tails.put(at.node(), new Tail(at, index));
        if (before == null || !before.at().isLevelWith(at)) {
            Map<String, Placed> more = new HashMap<>(newest);
            more.put(at.node(), at);
            newest = Map.copyOf(more);
        }
    }

    /**
     * Forgets producers that have come to their end, of which nothing is left in the ring, and which every reader has read: but for
     * these.
     */
    public void forgetBut(Set<String> known) {
        Set<String> gone = new HashSet<>();
        lock.lock();
        try {
            long readBy = ring.oldest() - 1;
            for (FeedReader reader : readers) {
                readBy = Math.min(readBy, reader.next() - 1);
            }
            for (Map.Entry<String, Tail> tail : tails.entrySet()) {
                boolean over =
                        tail.getValue().at() instanceof End && tail.getValue().index() <= readBy;
                if (over && !known.contains(tail.getKey())) {
                    gone.add(tail.getKey());
                }
            }
            if (!gone.isEmpty()) {
                tails.keySet().removeAll(gone);
                bases.keySet().removeAll(gone);
                Map<String, At> begun = new HashMap<>(origins);
                begun.keySet().removeAll(gone);
                origins = Map.copyOf(begun);
                Map<String, Placed> left = new HashMap<>(newest);
                left.keySet().removeAll(gone);
                newest = Map.copyOf(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void append(FeedEntry entry) {
        if (settings.backpressure() && ring.isFullFor(entry.sizeBytes(), evictable)) {
            evictable = readByAll();
        }
        ring.append(entry, evictable, this::evicted);
    }

    private void evicted(FeedEntry entry) {
        baseOf(entry.node()).moveTo(entry);
    }

    private Base baseOf(String node) {
        return bases.computeIfAbsent(node, n -> new Base());
    }

    /** Drops entries that are older than the settings allow; with backpressure none that a subscription is waited for. */
    public void dropOld(long nowNs) {
        if (!ages.areLimited()) {
            return;
        }
        lock.lock();
        try {
            long upTo = ages.tooOld(ring.head(), nowNs);
            if (ring.oldest() <= upTo) {
                ring.evict(settings.backpressure() ? Math.min(upTo, readByAll()) : upTo, this::evicted);
            }
        } finally {
            lock.unlock();
        }
    }

    /** When {@link #dropOld} is due, or {@code Long.MAX_VALUE}. For its writer. */
    public long oldDueNs(long nowNs) {
        return ages.dueNs(ring.oldest() > ring.head(), nowNs);
    }

    private long readByAll() {
        long lowest = Ring.ALL;
        for (FeedReader reader : readers) {
            if (!reader.stalled) {
                lowest = Math.min(lowest, reader.next() - 1);
            }
        }
        return lowest;
    }

    /** How much a producer may send: with backpressure nothing, while the slowest subscription leaves no room for it. */
    public long grantBytes() {
        if (!settings.backpressure()) {
            return settings.windowBytes();
        }
        wantsRoom = true; // before it looks: who frees something from now on says so
        boolean full;
        lock.lock();
        try {
            evictable = readByAll();
            full = ring.isFullFor(settings.batchBytes(), evictable);
        } finally {
            lock.unlock();
        }
        wantsRoom = full;
        return full ? 0 : settings.windowBytes();
    }

    /**
     * With backpressure: whoever frees nothing for too long while others wait is no longer waited for. It gets half the time
     * that its node's cursor has at the producer, or all of the node's subscriptions would expire with it.
     */
    public void findStalled(long nowNs) {
        boolean wantsRoomSince =
                wantsRoom && wantedRoom; // not only since now: an idle topic has not been looked at for long
        wantedRoom = wantsRoom;
        lock.lock();
        try {
            readers.forEach(reader -> look(reader, wantsRoomSince, nowNs));
        } finally {
            lock.unlock();
        }
    }

    private void look(FeedReader reader, boolean othersWait, long nowNs) {
        long next = reader.next();
        if (next != reader.seen) {
            reader.seen = next;
            reader.progressNs = nowNs;
            reader.stalled = false;
        } else if (!othersWait || next > ring.head()) {
            reader.progressNs = nowNs; // it holds nothing back
        } else if (nowNs - reader.progressNs >= settings.backpressureTimeoutNs() / 2) {
            reader.stalled = true;
        }
    }

    public void unresolved(Set<String> nodes) {
        unresolved = nodes;
    }

    /** The position behind the newest entry of each producer. */
    public Vector tails() {
        lock.lock();
        try {
            Map<String, Placed> positions = new HashMap<>();
            tails.forEach((node, tail) -> positions.put(node, tail.at()));
            return Vector.of(positions);
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------ for everybody

    /** A reader that begins at this index. Until it is detached, a feed with backpressure waits for it. */
    public FeedReader attach(long index, long nowNs) {
        lock.lock();
        try {
            FeedReader reader = new FeedReader(index, nowNs);
            readers.add(reader);
            if (settings.backpressure()) {
                evictable = Math.min(evictable, index - 1);
            }
            return reader;
        } finally {
            lock.unlock();
        }
    }

    public void detach(FeedReader reader) {
        lock.lock();
        try {
            readers.remove(reader);
        } finally {
            lock.unlock();
        }
    }

    /** The entry with this index, or null if it is not there yet (index above the head) or no more. */
    public @Nullable FeedEntry get(long index) {
        return ring.get(index);
    }

    public long head() {
        return ring.head();
    }

    public long oldest() {
        return ring.oldest();
    }

    /** What it may hold, among others. */
    public TopicSettings settings() {
        return settings;
    }

    /** {@link dev.gapless.core.log.Ring#size}. */
    public int size() {
        return ring.size();
    }

    public long bytes() {
        return ring.bytes();
    }

    /** The index of the newest entry that is no message. */
    public long lastNotice() {
        return lastNotice;
    }

    /** True while the consumer has stopped a producer for want of room: subscriptions then tell it of their progress. */
    public boolean wantsRoom() {
        return wantsRoom;
    }

    /**
     * Where a reader with these positions stands; null if nothing of that producer has come. Of one that answered after the reader was
     * opened it is where its stream began in this feed.
     */
    public @Nullable Placed where(String node, Vector positions) {
        Placed position = positions.get(node);
        return position == null ? origins.get(node) : position;
    }

    /** Where each producer's stream first began in this feed, unless it began with an expiry. */
    public Map<String, At> origins() {
        return origins;
    }

    /** For each producer the first position in the stretch of its newest entry, or the end if that is one. */
    public Map<String, Placed> newest() {
        return newest;
    }

    /** Producers that a token names whatever was read of them: without a position yet, or still there after their end. */
    public Set<String> unresolved() {
        return unresolved;
    }

    /** What an overtaken reader missed, and where it goes on. */
    public Overtaken overtaken() {
        lock.lock();
        try {
            Map<String, Placed> positions = new HashMap<>();
            Set<String> left = new HashSet<>();
            bases.forEach((node, base) -> {
                positions.put(node, base.at());
                if (base.left()) {
                    left.add(node);
                }
            });
            return new Overtaken(ring.oldest(), Vector.of(positions), left);
        } finally {
            lock.unlock();
        }
    }

    /** For people: the key of the message in front of this position, if it was the last to fall out of the ring; else null. */
    public @Nullable String keyBefore(String node, Position position) {
        lock.lock();
        try {
            Base base = bases.get(node);
            return base != null && base.key != null && isNextTo(base.at(), position) ? base.key : null;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isNextTo(Placed base, Position position) {
        return position.epoch().equals(base.epoch()) && position.sequence() == base.sequence() + 1;
    }

    /**
     * Lets a catch-up reader in that has got as far as the feed's oldest entry, of every producer (rule S5).
     *
     * @return how it goes on, or null if it has not got so far
     */
    public @Nullable Joined join(Vector positions, long nowNs) {
        lock.lock();
        try {
            Vector reached = withEnded(positions);
            return isReached(reached) ? new Joined(attach(ring.oldest(), nowNs), reached) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Do these positions reach this feed's oldest entry, of every producer? */
    public boolean isReachedBy(Vector positions) {
        lock.lock();
        try {
            return isReached(withEnded(positions));
        } finally {
            lock.unlock();
        }
    }

    private boolean isReached(Vector positions) {
        for (Map.Entry<String, Base> base : bases.entrySet()) {
            if (base.getValue().at().isBeyond(positions.get(base.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** A producer that ended before the reader began is over for it, too. */
    private Vector withEnded(Vector positions) {
        Map<String, Placed> ended = new HashMap<>();
        tails.forEach((node, tail) -> {
            if (tail.at() instanceof End && positions.get(node) == null) {
                ended.put(node, tail.at());
            }
        });
        return ended.isEmpty() ? positions : positions.with(ended);
    }
}
