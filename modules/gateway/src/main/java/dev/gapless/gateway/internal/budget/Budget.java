package dev.gapless.gateway.internal.budget;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much heap clients may cause together, estimated. Caches have what nobody else wants. A holder, which is a subject or an address, may
 * hold as much as is left for all others: one alone half of the budget, two a third each. So whoever holds most is refused first, and one who
 * holds little finds room whatever the others do. Thread-safe.
 */
public final class Budget {
    private final long most;
    private final int small;
    private final Map<Share, Long> mostOf;
    /** What keeps caches within what is left for them. */
    private final List<Runnable> caches = new CopyOnWriteArrayList<>();

    private final Map<Share, AtomicLong> ofShare = new EnumMap<>(Share.class);
    /** Of all shares but caches. */
    private final AtomicLong claimed = new AtomicLong();
    /** Guarded by this. */
    private final Map<String, Long> ofHolder = new HashMap<>();

    /** What one holder has of a share. Thread-safe. */
    public final class Account {
        private final Share share;
        private final int small;
        private String holder;
        private long own;

        private Account(Share share, String holder, int small) {
            this.share = share;
            this.holder = holder;
            this.small = small;
        }

        private long counted(long bytes) {
            return Math.max(0, bytes - small);
        }

        /** It takes so many bytes more. {@return false if there is no room for them; then nothing has changed} */
        public synchronized boolean add(long more) {
            long counted = counted(own + more) - counted(own);
            if (counted > 0 && !claim(share, holder, counted)) {
                return false;
            }
            own += more;
            return true;
        }

        /** It takes so many bytes now. {@return false if there is no room for them; then nothing has changed} */
        public synchronized boolean set(long bytes) {
            if (bytes > own) {
                return add(bytes - own);
            }
            free(own - bytes);
            return true;
        }

        /** So many bytes are not taken any more. */
        public synchronized void free(long less) {
            release(share, holder, counted(own) - counted(own - less));
            own -= less;
        }

        /** No more than so many bytes are taken, of those that there are. Repeating it is harmless. */
        public synchronized void keep(long rest) {
            free(own - rest);
        }

        /** Nothing is taken any more. Repeating it is harmless. */
        public void clear() {
            keep(0);
        }

        /** It is known now whose it is. */
        public synchronized void become(String whose) {
            move(holder, whose, counted(own));
            holder = whose;
        }
    }

    /**
     * With nothing in it.
     *
     * @param most how many bytes there may be
     * @param small so many bytes of an account are not counted, so that one who wants little notices nothing of the others
     * @param mostOf how many of a share that has a bound of its own
     */
    public Budget(long most, int small, Map<Share, Long> mostOf) {
        this.most = most;
        this.small = small;
        this.mostOf = mostOf.isEmpty() ? Map.of() : new EnumMap<>(mostOf);
        for (Share share : Share.values()) {
            ofShare.put(share, new AtomicLong());
        }
    }

    /** One in which there is room for everything. */
    public static Budget unbounded() {
        return new Budget(Long.MAX_VALUE, 0, Map.of());
    }

    /**
     * An account with nothing in it.
     *
     * @param holder the subject or the address
     */
    public Account account(Share share, String holder) {
        return new Account(share, holder, small);
    }

    /** The same, in which each byte counts: where one client may have any number of them. */
    public Account exactAccount(Share share, String holder) {
        return new Account(share, holder, 0);
    }

    private boolean claim(Share share, String holder, long bytes) {
        synchronized (this) {
            long held = ofHolder.getOrDefault(holder, 0L) + bytes;
            boolean isWithin = bytes(share) + bytes <= mostOf.getOrDefault(share, Long.MAX_VALUE);
            if (!isWithin || held > most - claimed.get() - bytes) {
                return false;
            }
            ofHolder.put(holder, held);
            add(share, bytes);
        }
        yieldCaches();
        return true;
    }

    /** How many bytes this holder may hold at most, as long as all others hold what they do. */
    public synchronized long mostFor(String holder) {
        return (most - claimed.get() + ofHolder.getOrDefault(holder, 0L)) / 2;
    }

    private synchronized void release(Share share, String holder, long bytes) {
        if (bytes > 0) {
            ofHolder.merge(holder, -bytes, Budget::sum);
            add(share, -bytes);
        }
    }

    private synchronized void move(String from, String to, long bytes) {
        if (bytes > 0) {
            ofHolder.merge(from, -bytes, Budget::sum);
            ofHolder.merge(to, bytes, Budget::sum);
        }
    }

    /** Nothing is kept of those who hold nothing. */
    @SuppressWarnings("NullAway") // what merge takes for none
    private static Long sum(Long before, Long more) {
        return before + more == 0 ? null : before + more;
    }

    private void add(Share share, long bytes) {
        of(share).addAndGet(bytes);
        claimed.addAndGet(bytes);
    }

    private AtomicLong of(Share share) {
        return Objects.requireNonNull(ofShare.get(share));
    }

    // ------------------------------------------------------------------ what all clients have in common

    /** Counts what has a bound of its own, and no holder. Without a lock: each frame that is sent is counted. */
    public void count(Share share, long change) {
        add(share, change);
        if (change > 0) {
            yieldCaches();
        }
    }

    /** Is there room for more of what has no holder? */
    public boolean hasRoom() {
        return claimed.get() < most;
    }

    // ------------------------------------------------------------------ caches

    /**
     * A cache, which has what nobody else wants.
     *
     * @param shrink drops something until {@link #isFull} says no, or nothing is left
     */
    public void addCache(Runnable shrink) {
        caches.add(shrink);
    }

    /** Counts what a cache keeps. */
    public void cache(Share share, long change) {
        of(share).addAndGet(change);
    }

    /** Have caches to drop something? */
    public boolean isFull() {
        return claimed.get() + bytes(Share.JSON_CACHE) + bytes(Share.ANSWERS) > most;
    }

    private void yieldCaches() {
        if (isFull()) {
            caches.forEach(Runnable::run);
        }
    }

    // ------------------------------------------------------------------ for people

    /** How many bytes a share has. */
    public long bytes(Share share) {
        return of(share).get();
    }

    /** How many there may be, of all shares together. */
    public long most() {
        return most;
    }
}
