package dev.gapless.core.feed;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ages;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Slice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A node's own ring for a topic: what came from all producers, and every expiry, in the order received. Subscriptions read
 * it, each at its own pace; one that is overtaken finds out, and is told from {@link #overtaken} or {@link #overtakenAgain} what it missed.
 *
 * <p>Per producer the entries form a chain: each goes on where the one before ended. What fell out of the ring is remembered
 * as the producer's base, the position after its last entry that is gone (rule F1).
 *
 * <p>Written by one thread, that of the topic's consumer, under a lock; read by any number of threads, entries without it,
 * base and oldest index with it, since they mean nothing apart.
 */
public final class Feed {
    /** Of so few none are left out. */
    private static final int FEW_ENTRIES = 4;

    private final TopicSettings settings;
    private final Ring<FeedEntry> ring;
    private final ReentrantLock lock = new ReentrantLock();
    private final Chains chains = new Chains();
    private final FeedCursors cursors;
    private final Ages ages;
    /** What others see of the chains. Invariant: it is as of the newest entry, or ahead of it. */
    private volatile Known known = Known.NOBODY;
    /** Where those go on that are overtaken again, and {@link #basesAt} there. Under the lock. */
    private long goOn;

    private Map<String, Placed> basesThere = Map.of();
    /** Invariant: it never falls, and no notice has a higher index. */
    private volatile long lastNotice;
    /** Is there a subscription that asks where it reads on? */
    private volatile boolean asked;

    /**
     * Where an overtaken subscription goes on.
     *
     * @param oldest the oldest index
     * @param bases the position before it, of each producer
     * @param left the producers whose base is where they left in good order
     */
    public record Overtaken(long oldest, Vector bases, Set<String> left) {}

    /**
     * How a subscription that has caught up goes on in this feed.
     *
     * @param cursor attached at the oldest entry
     * @param positions its own, and the ends of producers that are gone for good, and of which it never knew
     */
    public record Joined(FeedCursor cursor, Vector positions) {}

    public Feed(TopicSettings settings) {
        this.settings = settings;
        this.ring = new Ring<>(settings.mostInFeed(), settings.mostBytesInFeed(), 1);
        this.cursors = new FeedCursors(settings, ring);
        this.ages = Ages.of(settings.maxAgeNs());
    }

    // ------------------------------------------------------------------ for its writer

    /** A producer's stream begins here. */
    public void started(At at) {
        notice(new FeedEntry.Started(ring.head() + 1, at));
    }

    /**
     * Messages of one stretch, in order.
     *
     * @param first the sequence of the first
     */
    public void messages(Era era, long first, List<Slice> slices) {
        lock.lock();
        try {
            cursors.lookForStalled();
            long sequence = first;
            for (Slice slice : slices) {
                int from = 0;
                while (from < slice.count()) {
                    Slice part = FeedEntry.Messages.fitting(slice, from, ring);
                    add(new FeedEntry.Messages(ring.head() + 1, era, sequence, part));
                    from += part.count();
                    sequence += part.count();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whatever lies between a subscription's position and this one is missed. {@return false if that end is told already} */
    public boolean expired(Placed to, Reason reason, long nowMs) {
        return notice(new FeedEntry.Expired(ring.head() + 1, to, reason, nowMs));
    }

    /** A producer left in good order. */
    public void left(End end) {
        notice(new FeedEntry.Left(ring.head() + 1, end));
    }

    private boolean notice(FeedEntry entry) {
        lock.lock();
        try {
            if (entry.after() instanceof End end && chains.areOverAt(end)) {
                return false;
            }
            cursors.lookForStalled();
            lastNotice = entry.index(); // before the entry can be read: who reads it must find it announced
            add(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void add(FeedEntry entry) {
        Chain chain = chains.of(entry.node());
        if (chain == null) {
            begin(entry);
        } else {
            known = chain.append(entry.after(), entry.last()) ? known.wentTo(entry.after()) : known;
            chain.resumesAt(entry);
        }
        append(entry);
    }

    /** The first entry of a producer. */
    private void begin(FeedEntry first) {
        Chain chain = new Chain(first);
        chains.add(chain, first.node());
        Known more = first instanceof FeedEntry.Started started ? known.began(started.after()) : known;
        known = more.wentTo(first.after());
    }

    private void append(FeedEntry entry) {
        long sizeBytes = entry.sizeBytes();
        if (cursors.keeps() && ring.isFullFor(entry.count(), sizeBytes, cursors.evictable())) {
            cursors.look();
        }
        ring.makeRoom(entry.count(), sizeBytes, cursors.evictable(), chains::evicted);
        ring.add(entry);
        ring.added(entry.count(), sizeBytes);
    }

    /** Forgets the producers, except these, that have ended, of which nothing is left in the ring, and whose end every subscription has read. */
    public void forgetEnded(Set<String> except) {
        lock.lock();
        try {
            Set<String> gone = chains.forgetOver(cursors.readBy(ring.oldest() - 1), except);
            known = gone.isEmpty() ? known : known.without(gone);
        } finally {
            lock.unlock();
        }
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
                ring.evict(Math.min(upTo, cursors.look()), chains::evicted);
            }
        } finally {
            lock.unlock();
        }
    }

    /** When {@link #dropOld} is due, or {@code Long.MAX_VALUE}. For its writer. */
    public long oldDueNs(long nowNs) {
        return ages.dueNs(ring.oldest() > ring.head(), nowNs);
    }

    /**
     * How much a producer may send: with backpressure, and while the feed is behind (rule S6), nothing as long as the slowest subscription
     * leaves no room for it.
     */
    public long grantBytes() {
        if (!cursors.keeps()) {
            cursors.wantRoom(false);
            return settings.windowBytes();
        }
        cursors.wantRoom(true); // before it looks: who frees something from now on says so
        boolean full;
        lock.lock();
        try {
            full = ring.isFullFor(1, settings.batchBytes(), cursors.look());
        } finally {
            lock.unlock();
        }
        cursors.wantRoom(full);
        return full ? 0 : settings.windowBytes();
    }

    /**
     * With backpressure: whoever frees nothing for too long while others wait is no longer waited for. It gets half the time
     * that its node's cursor has at the producer, or all of the node's subscriptions would expire with it.
     */
    public void findStalled(long nowNs) {
        lock.lock();
        try {
            cursors.findStalled(ring.head(), nowNs);
        } finally {
            lock.unlock();
        }
    }

    /** A producer has more than it has sent (rule S6). */
    public void behind(long nowNs) {
        if (settings.backpressure()) {
            return;
        }
        lock.lock();
        try {
            cursors.behind(nowNs);
        } finally {
            lock.unlock();
        }
    }

    /** A feed that is behind waits no longer than it may. Returns true if whom it stopped may go on. For its writer. */
    public boolean lookAtHold(long nowNs) {
        if (!cursors.isBehind()) {
            return false;
        }
        lock.lock();
        try {
            boolean full = cursors.wantRoom() && ring.isFullFor(1, settings.batchBytes(), cursors.look());
            return cursors.lookAtHold(full, nowNs) && cursors.wantRoom();
        } finally {
            lock.unlock();
        }
    }

    /** When {@link #lookAtHold} is due, or {@code Long.MAX_VALUE}. For its writer. */
    public long holdDueNs() {
        return cursors.holdDueNs();
    }

    /**
     * What tokens say, at once: one of between would neither list a producer nor know that it ended.
     *
     * @param mustBeListed producers that a token must list, whatever was read of them
     * @param passed what is known of incarnations that ended
     */
    public void know(Set<String> mustBeListed, Passed passed) {
        known = known.with(mustBeListed, passed);
    }

    /** The position after the newest entry of each producer. */
    public Vector tails() {
        lock.lock();
        try {
            return chains.tails();
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------ for everybody

    /** The cursor of a subscription that begins at this index. Until it is detached, a feed with backpressure waits for it. */
    public FeedCursor attach(long index, long nowNs) {
        lock.lock();
        try {
            return cursors.attach(index, nowNs);
        } finally {
            lock.unlock();
        }
    }

    public void detach(FeedCursor cursor) {
        lock.lock();
        try {
            cursors.detach(cursor);
        } finally {
            lock.unlock();
        }
    }

    /** The entry with this index, with others if it is a message; null if it is not there yet (index above the head) or no more. */
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
        return cursors.wantRoom();
    }

    /** What is known of the producers now. */
    public Known known() {
        return known;
    }

    /** {@link Known#where}, now. */
    public @Nullable Placed where(String node, Vector positions) {
        return known.where(node, positions);
    }

    /** What an overtaken subscription missed, and where it goes on. */
    public Overtaken overtaken() {
        lock.lock();
        try {
            return new Overtaken(ring.oldest(), chains.bases(), chains.left());
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same for a subscription that was overtaken a moment ago: as if about half of the messages were there (rule S3). It goes on where
     * others do that were overtaken at about the same time, so that they share what is made of messages. Notices are never left out.
     */
    public Overtaken overtakenAgain() {
        lock.lock();
        try {
            Overtaken all = overtaken();
            int size = ring.size();
            if (lastNotice >= all.oldest() || size < FEW_ENTRIES) {
                return all;
            }
            long from = ring.head() + 1 - size / 4;
            long next = from - from % Integer.highestOneBit(size / 2);
            if (next != goOn || basesThere.isEmpty()) { // made once for all of them
                basesThere = basesAt(next);
                goOn = next;
            }
            return new Overtaken(next, all.bases().with(basesThere), all.left());
        } finally {
            lock.unlock();
        }
    }

    /** Of the producers that have messages before this index. All entries there are messages. */
    private Map<String, Placed> basesAt(long next) {
        Map<String, Placed> bases = new HashMap<>();
        long index = ring.oldest();
        while (index < next) {
            FeedEntry.Messages entry = (FeedEntry.Messages) Objects.requireNonNull(ring.get(index));
            long last = Math.min(entry.last(), next - 1);
            bases.put(entry.node(), entry.at((int) (last - entry.index())));
            index = last + 1;
        }
        return bases;
    }

    /** For people: the key of the message in front of this position, if it was the last to fall out of the ring; else null. */
    public @Nullable String keyBefore(String node, Position position) {
        lock.lock();
        try {
            return chains.keyBefore(node, position);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets a subscription in that has got as far as the feed's oldest entry, of every producer, and has what the feed missed (rule S5).
     *
     * @return how it goes on, or null if it has not got so far
     */
    public @Nullable Joined join(Vector positions, long nowNs) {
        lock.lock();
        try {
            Vector reached = chains.withEnded(positions);
            return chains.mayBeJoinedAt(reached) ? new Joined(cursors.attach(ring.oldest(), nowNs), reached) : null;
        } finally {
            lock.unlock();
        }
    }

    /** A subscription that this feed has gone on past asks where it reads on (rule S6). */
    public void asked() {
        asked = true;
    }

    /** Has one asked since this was called last? For the writer. */
    public boolean takeAsked() {
        boolean was = asked;
        if (was) {
            asked = false; // before it is looked who: whoever asks from now on is seen, or says so
        }
        return was;
    }

    /** The cursor of a subscription that reads on here from these positions, or null if something behind them is here no more. */
    public @Nullable FeedCursor attachBehind(Vector positions, long nowNs) {
        lock.lock();
        try {
            boolean reached = chains.areReachedBy(positions) && chains.endsAreReachedBy(positions);
            return reached ? cursors.attach(ring.oldest(), nowNs) : null;
        } finally {
            lock.unlock();
        }
    }

    /** May a subscription {@link #join} at these positions? */
    public boolean isReachedBy(Vector positions) {
        lock.lock();
        try {
            return chains.mayBeJoinedAt(chains.withEnded(positions));
        } finally {
            lock.unlock();
        }
    }
}
