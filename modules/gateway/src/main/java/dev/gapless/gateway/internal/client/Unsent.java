package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.SharedText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of the frames that are under way to all clients together. At its bound a client reads nothing that is large until others have
 * taken their frames: the ring may overtake it meanwhile, which it is told. What is small goes on. Thread-safe.
 */
public final class Unsent {
    private static final Logger LOG = LoggerFactory.getLogger(Unsent.class);
    /** So many clients are woken when there is room: each of them takes some of it. */
    private static final int WOKEN = 16;

    private final long most;
    private final int small;
    private final long logEveryNs;
    private final Budget budget;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong logNs = new AtomicLong(System.nanoTime());
    /** Clients that wait for room, by what wakes them: those first that have waited for the longest. Guarded by itself. */
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    /** What a frame takes, until it is given back. */
    final class Held {
        private final List<SharedText> texts;
        private final long own;
        private final AtomicBoolean over = new AtomicBoolean();

        private Held(List<SharedText> texts, long own) {
            this.texts = texts;
            this.own = own;
        }

        boolean isSmall() {
            return own == 0 && texts.isEmpty();
        }

        /** The frame is not under way any more. Repeating it is harmless. */
        void release() {
            if (over.compareAndSet(false, true) && !isSmall()) {
                long freed = own;
                for (SharedText text : texts) {
                    freed += text.release();
                }
                change(-freed);
                wake();
            }
        }
    }

    /**
     * With nothing under way.
     *
     * @param most how many bytes there may be. A frame that is begun is finished: each thread may go beyond it by one
     * @param small a frame of so many bytes is not counted, and never waits
     * @param logEvery how often it is told that the bound is reached; zero for each time
     * @param budget counts what is under way, and has no room when others hold it
     */
    public Unsent(long most, int small, Duration logEvery, Budget budget) {
        this.budget = budget;
        this.most = most;
        this.small = small;
        this.logEveryNs = logEvery.toNanos();
        logNs.addAndGet(-logEveryNs);
    }

    /** A frame is under way. */
    Held take(Bytes frame) {
        List<SharedText> texts = frame.sharedTexts();
        long own = frame.capacity() > small ? frame.capacity() : 0;
        long more = own;
        for (SharedText text : texts) {
            more += text.hold();
        }
        change(more);
        return new Held(texts, own);
    }

    /** May a message of so many bytes be read whatever is under way? */
    boolean isSmall(long size) {
        return size <= small;
    }

    /** Is there room? Whoever is slow leaves half of it to others. */
    boolean hasRoom(boolean isSlow) {
        return bytes.get() < (isSlow ? most / 2 : most) && (bytes.get() == 0 || budget.hasRoom());
    }

    private void change(long by) {
        bytes.addAndGet(by);
        budget.count(Share.UNSENT, by);
    }

    /** There is no room: it is woken when there may be some. */
    void await(boolean isSlow, Runnable wake) {
        int waits;
        synchronized (waiting) {
            waiting.add(wake);
            waits = waiting.size();
        }
        if (hasRoom(isSlow)) { // since then
            wake();
            return;
        }
        long lastNs = logNs.get();
        long nowNs = System.nanoTime();
        if (nowNs - lastNs >= logEveryNs && logNs.compareAndSet(lastNs, nowNs)) {
            LOG.warn(
                    "Frames that clients have not taken yet have {} bytes, and gapless.gateway.unsent-bytes allows {}: {} clients wait"
                            + " with what they would be sent next, and are told if they miss something",
                    bytes.get(),
                    most,
                    waits);
        }
    }

    /** It has ended. */
    void forget(Runnable wake) {
        synchronized (waiting) {
            waiting.remove(wake);
        }
    }

    /** Those who have waited for the longest look again: when something is taken, and from time to time. */
    void wake() {
        if (!hasRoom(false)) {
            return;
        }
        List<Runnable> some = new ArrayList<>();
        synchronized (waiting) {
            var first = waiting.iterator();
            while (first.hasNext() && some.size() < WOKEN) {
                some.add(first.next());
                first.remove();
            }
        }
        some.forEach(Runnable::run);
    }

    /** How many bytes are under way. */
    public long bytes() {
        return bytes.get();
    }
}
