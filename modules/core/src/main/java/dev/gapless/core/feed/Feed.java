package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ages;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A ring of a topic on a node: what came from all producers, and every notice, in the order received. Subscriptions read it, each at its
 * own pace; one that is overtaken finds out, and is told from {@link #overtaken} or {@link #overtakenAgain} what it missed.
 *
 * <p>The entries of each stream form a chain: each goes on where the one before ended. What fell out of the ring is remembered as the
 * stream's base, the sequence behind its last entry that is gone (rule F1).
 *
 * <p>Written by one thread, that of the topic's consumer, under a lock; read by any number of threads, entries without it,
 * bases and oldest index with it, since they mean nothing apart.
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
    /** Where those go on that are overtaken again, and {@link #basesAt} there. Under the lock. */
    private long goOn;

    private Map<Epoch, Long> basesThere = Map.of();
    /** Invariant: it never falls, and no notice has a higher index. */
    private volatile long lastNotice;
    /** Is there a subscription that asks where it reads on? */
    private volatile boolean asked;

    /**
     * Where an overtaken subscription goes on.
     *
     * @param oldest the oldest index
     * @param bases what is to be told of each stream
     */
    public record Overtaken(long oldest, List<Base> bases) {}

    /**
     * How a subscription goes on that is placed in this feed.
     *
     * @param cursor attached at the oldest entry
     * @param begins for streams of which its place is not known the newest sequence here, behind which they go on for it
     */
    public record Placed(FeedCursor cursor, Map<Epoch, Long> begins) {}

    public Feed(TopicSettings settings) {
        this.settings = settings;
        this.ring = new Ring<>(settings.mostInFeed(), settings.mostBytesInFeed(), 1);
        this.cursors = new FeedCursors(settings, ring);
        this.ages = Ages.of(settings.maxAgeNs());
    }

    // ------------------------------------------------------------------ for its writer

    /** A stream begins here, behind this sequence, and nothing was missed by that. */
    public void began(Stream stream, long at) {
        notice(new FeedEntry.Began(ring.head() + 1, stream, at));
    }

    /**
     * Messages of one stream, in order.
     *
     * @param first the sequence of the first
     */
    public void messages(Stream stream, long first, List<Slice> slices) {
        lock.lock();
        try {
            cursors.lookForStalled();
            long sequence = first;
            for (Slice slice : slices) {
                int from = 0;
                while (from < slice.count()) {
                    Slice part = FeedEntry.Messages.fitting(slice, from, ring);
                    add(new FeedEntry.Messages(ring.head() + 1, stream, sequence, part));
                    from += part.count();
                    sequence += part.count();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whatever lies between a subscription's place and this sequence is missed. The producer was asked for what comes behind {@code from}. */
    public void expired(Stream stream, long from, long to, Reason reason, long nowMs) {
        notice(new FeedEntry.Expired(ring.head() + 1, stream, from, to, reason, nowMs));
    }

    /** A stream is over, of which the feed has everything up to this sequence. If its end is here, a later incarnation's log had it, and nothing is added. */
    public void ended(Stream stream, long at, End end, boolean promised) {
        boolean isOver = locked(() -> {
            Chain chain = chains.of(stream.epoch());
            return chain != null && chain.place().kind() == Place.Kind.OVER;
        });
        if (!isOver) {
            notice(new FeedEntry.Ended(ring.head() + 1, stream, at, end, promised));
        }
    }

    private void notice(FeedEntry entry) {
        lock.lock();
        try {
            cursors.lookForStalled();
            lastNotice = entry.index(); // before the entry can be read: who reads it must find it announced
            add(entry);
        } finally {
            lock.unlock();
        }
    }

    private void add(FeedEntry entry) {
        chains.append(entry);
        append(entry);
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

    /** Forgets the streams, except these, that are over, of which nothing is left in the ring, and whose end every subscription has read. */
    public void forgetEnded(Set<Epoch> except) {
        doLocked(() -> chains.forgetOver(cursors.readBy(ring.oldest() - 1), except));
    }

    /** Adds the streams that are over and not forgotten. */
    public void addOver(Set<Epoch> epochs) {
        doLocked(() -> chains.addOver(epochs));
    }

    /** Behind which sequence this feed has all of that stream, and announces nothing as missed; less than 0 if it has nothing of it. */
    public long completeBehind(Epoch epoch) {
        return locked(() -> {
            Chain chain = chains.of(epoch);
            return chain == null || chain.ended() != null ? Chain.NOWHERE : chain.completeBehind();
        });
    }

    /** Where that stream began here, if nothing was missed by that; else less than 0. */
    public long began(Epoch epoch) {
        return locked(() -> {
            Chain chain = chains.of(epoch);
            return chain == null ? Place.UNKNOWN : chain.began();
        });
    }

    /** Has anything of that stream come here? */
    public boolean hasChain(Epoch epoch) {
        return locked(() -> chains.of(epoch) != null);
    }

    /** Has this feed the end of that stream? */
    public boolean hasEnd(Epoch epoch) {
        return locked(() -> {
            Chain chain = chains.of(epoch);
            return chain != null && chain.ended() != null && !chain.hasLostItsEnd(ring.oldest());
        });
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

    /**
     * From now on it holds so many bytes at most, and never more than its settings say. What it has beyond that goes, the oldest first; with
     * backpressure nothing that a subscription is waited for. For its writer.
     */
    public void limit(long bytes) {
        lock.lock();
        try {
            ring.limit(Math.min(bytes, settings.mostBytesInFeed()));
            ring.makeRoom(0, 0, settings.backpressure() ? cursors.look() : Ring.ALL, chains::evicted);
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes it holds at most: as its settings say, or as {@link #limit} does. */
    public long maxBytes() {
        return ring.maxBytes();
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
        doLocked(() -> cursors.findStalled(ring.head(), nowNs));
    }

    /** A producer has more than it has sent (rule S6). */
    public void behind(long nowNs) {
        if (settings.backpressure()) {
            return;
        }
        doLocked(() -> cursors.behind(nowNs));
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

    /** Where whoever begins with what comes next stands, of each stream. */
    public Map<Epoch, Place> tails() {
        return locked(() -> chains.tails());
    }

    // ------------------------------------------------------------------ for everybody

    /** The cursor of a subscription that begins at this index. Until it is detached, a feed with backpressure waits for it. */
    public FeedCursor attach(long index, long nowNs) {
        return locked(() -> cursors.attach(index, nowNs));
    }

    public void detach(FeedCursor cursor) {
        doLocked(() -> cursors.detach(cursor));
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

    /** What an overtaken subscription missed, and where it goes on. */
    public Overtaken overtaken() {
        return locked(() -> new Overtaken(ring.oldest(), chains.bases(ring.oldest())));
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
            List<Base> further = new ArrayList<>();
            for (Base base : all.bases()) {
                long at = basesThere.getOrDefault(base.stream().epoch(), base.at());
                further.add(base.upTo(at));
            }
            return new Overtaken(next, further);
        } finally {
            lock.unlock();
        }
    }

    /** Of the streams that have messages before this index. All entries there are messages. */
    private Map<Epoch, Long> basesAt(long next) {
        Map<Epoch, Long> bases = new HashMap<>();
        long index = ring.oldest();
        while (index < next) {
            FeedEntry.Messages entry = (FeedEntry.Messages) Objects.requireNonNull(ring.get(index));
            long last = Math.min(entry.last(), next - 1);
            bases.put(entry.stream().epoch(), entry.sequence() + (last - entry.index()));
            index = last + 1;
        }
        return bases;
    }

    /** For people: the key of the message in front of this position, if it was the last to fall out of the ring; else null. */
    public @Nullable String keyBefore(Position position) {
        return locked(() -> chains.keyBefore(position));
    }

    /** A subscription asks where to read on (rule S5). */
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

    /**
     * May a subscription that stands there read this feed from its oldest entry on, as far as the feed knows (rule S5)?
     *
     * @param announcedTo as for {@link #over}
     */
    public boolean mayCover(Frontier at, StreamsView known, long announcedTo) {
        return locked(() -> chains.cover(at.with(passed(at, known, announcedTo)), Asked.ANYTHING, ring.oldest()));
    }

    /** Places a subscription that stands there at the oldest entry; null if this feed does not cover it. */
    public @Nullable Placed place(Frontier at, Asked what, long nowNs) {
        return locked(() -> chains.cover(at, what, ring.oldest())
                ? new Placed(cursors.attach(ring.oldest(), nowNs), chains.begins(at))
                : null);
    }

    /**
     * Streams that are over for a subscription that stands there, whatever is here of them: those that it was told are lost, and those that went
     * on in later ones, and that it has passed.
     *
     * @param announcedTo what had ended up to this index when it was told that anything may be missed; 0 if it was not
     */
    public Map<Epoch, Place> over(Frontier at, StreamsView known, long announcedTo) {
        return locked(() -> passed(at, known, announcedTo));
    }

    private Map<Epoch, Place> passed(Frontier at, StreamsView known, long announcedTo) {
        Map<Epoch, Place> passed = chains.over(at, known);
        passed.putAll(chains.announced(at, known, announcedTo, ring.oldest()));
        return passed;
    }

    /**
     * Streams of which a subscription that stands there, and reads here, has nothing, and that lie in front of one in its log that has begun here: it has
     * passed them.
     */
    public Map<Epoch, Place> passedInLogs(Frontier at, StreamsView known) {
        return known.stored().logs().isEmpty() ? Map.of() : locked(() -> chains.passedInLogs(at, known));
    }

    /** Streams that a later incarnation's log may have yet, and of which a subscription that stands there, and was overtaken, has read nothing. */
    public Map<Epoch, Place> unread(Frontier at, StreamsView known) {
        return locked(() -> chains.unread(at, known));
    }

    /** Streams that were over unless stored, that are here, and of which a subscription that stands there has read nothing yet. */
    public Map<Epoch, Place> stored(Frontier at) {
        return at.mayHaveEnded() ? locked(() -> chains.stored(at)) : Map.of();
    }

    private <T> T locked(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    private void doLocked(Runnable what) {
        lock.lock();
        try {
            what.run();
        } finally {
            lock.unlock();
        }
    }
}
