package dev.gapless.gateway.internal.changes;

import dev.gapless.Ended;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.MessageSubscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where one client is in the changes. It is told to list a collection again, and goes on, wherever changes of that may be missing: the
 * ring overtook it, its number is of another ring, or the collection was not followed before. {@link #next} is for one thread at a time.
 *
 * <p>Invariant: a client that resumes with any number that it was given is told of everything that it had not been told of by then. So
 * of several collections that are to be listed only the last one's number is behind all of them.
 */
public final class ChangeCursor implements AutoCloseable {
    private static final int AT_ONCE = 256;

    private final ChangeRing ring;
    private final Numbering numbering;
    private final boolean wantsAll;
    private final @Nullable Long since;
    private final @Nullable Long ofEpoch;
    private final Runnable wake;
    private final Overtaken overtaken;
    private final Consumer<ChangeCursor> closer;
    private final Map<String, Followed> followed = new ConcurrentHashMap<>();
    private volatile boolean opened;
    private volatile @Nullable RequestException refusal;
    /** Guarded by this. */
    private boolean closed;

    // Of its reader.
    /** Collections whose changes it is given. */
    private final Set<String> begun = new HashSet<>();
    /** Of these those that its client has listed, or was told to list. */
    private final Set<String> listed = new HashSet<>();

    private final Deque<Next> resyncs = new ArrayDeque<>();
    private final Deque<CollectionChange> ahead = new ArrayDeque<>();
    /** -1 before it has begun. Written by its reader alone. */
    private volatile long at = -1;
    /** The key of what was read last. */
    private @Nullable String lastKey;

    /** A change, and the number that resumes behind it. */
    public record Next(CollectionChange change, long sequence) {}

    /**
     * For one client.
     *
     * @param overtaken is told when the ring overtakes it
     * @param closed is told when it is closed
     */
    ChangeCursor(
            ChangeRing ring,
            Numbering numbering,
            boolean wantsAll,
            @Nullable Long since,
            @Nullable Long ofEpoch,
            Runnable wake,
            Overtaken overtaken,
            Consumer<ChangeCursor> closed) {
        this.ring = ring;
        this.numbering = numbering;
        this.wantsAll = wantsAll;
        this.since = since;
        this.ofEpoch = ofEpoch;
        this.wake = wake;
        this.overtaken = overtaken;
        this.closer = closed;
    }

    /** Are those wanted that are to come, too? Any thread. */
    boolean wantsAll() {
        return wantsAll;
    }

    /** {@return false if it has been closed} */
    synchronized boolean follow(Followed one) {
        if (!closed) {
            followed.put(one.collection(), one);
        }
        return !closed;
    }

    /** Nothing further is followed. {@return what is, the first time} */
    synchronized Collection<Followed> end() {
        boolean first = !closed;
        closed = true;
        return first ? List.copyOf(followed.values()) : List.of();
    }

    /** It cannot go on. */
    void refuse(RequestException why) {
        refusal = why;
        wake.run();
    }

    /** Those that it follows. Any thread. */
    public Set<String> collections() {
        return followed.keySet();
    }

    boolean follows(String collection) {
        return followed.containsKey(collection);
    }

    /** It follows all that it began with. */
    void opened() {
        opened = true;
        wake.run();
    }

    void wake() {
        wake.run();
    }

    /** How many changes there are behind it, of any collection. Any thread. */
    public long lag() {
        long here = at;
        return here < 0 ? 0 : Math.max(0, ring.head() - here);
    }

    // ------------------------------------------------------------------ reading

    /** Begins, if it can by now; then with what has come meanwhile. {@return whether it has begun} Throws {@link RequestException} if it cannot go on. */
    public boolean begin() {
        RequestException why = refusal;
        if (why != null) {
            throw why;
        }
        if (at >= 0) {
            for (Followed one : followed.values()) {
                if (isThere(one) && !begun.contains(one.collection())) {
                    ring.tellThoseWhoCameLater(one.collection(), at);
                }
            }
            return true;
        }
        if (!opened) {
            return false;
        }
        for (Followed one : followed.values()) {
            if (!isThere(one)) {
                return false;
            }
        }
        Optional<Long> index = since == null ? Optional.of(ring.head()) : numbering.index(since, ofEpoch, ring.head());
        at = index.orElseGet(() -> ring.head());
        List<String> missed = new ArrayList<>();
        for (Followed one : followed.values()) {
            begun.add(one.collection());
            if (index.isEmpty() || (since != null && one.begins() > at)) {
                missed.add(one.collection());
            } else if (since == null) {
                listed.add(one.collection());
            }
        }
        resync(missed, index.orElse(Numbering.NOWHERE));
        return true;
    }

    private static boolean isThere(Followed one) {
        MessageSubscription.End end = one.end();
        if (end != null) {
            Throwable cause = end.cause();
            Kind kind = end.reason() == Ended.Reason.SHUTDOWN ? Kind.CLOSING : Kind.REFUSED;
            throw new RequestException(
                    kind,
                    "Collection " + one.collection() + " ended: "
                            + (cause == null ? end.reason().name() : Reasons.of(cause)));
        }
        return one.begins() >= 0;
    }

    /** @param again whoever comes back with this number is told of all of them again */
    private void resync(List<String> collections, long again) {
        for (int i = 0; i < collections.size(); i++) {
            boolean last = i == collections.size() - 1;
            resyncs.add(
                    new Next(new CollectionChange(collections.get(i), null, 0), numbering.sequence(last ? at : again)));
        }
        begun.addAll(collections);
        listed.addAll(collections);
    }

    /** The next change, or null if there is none now. It has begun. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    public @Nullable Next next() {
        while (true) {
            Next first = resyncs.poll();
            if (first != null) {
                return first;
            }
            if (ahead.isEmpty()) {
                read();
                if (ahead.isEmpty() && resyncs.isEmpty()) {
                    return null;
                }
            } else {
                CollectionChange change = ahead.remove();
                at++;
                if (ahead.isEmpty()) {
                    lastKey = change.key();
                }
                if (isFor(change)) {
                    return new Next(change, numbering.sequence(at));
                }
            }
        }
    }

    private boolean isFor(CollectionChange change) {
        String collection = change.collection();
        if (!change.isForThoseWhoCameLater()) {
            return begun.contains(collection);
        }
        // Not whether its changes are given: in an earlier stream its client may have gone before it came to this.
        boolean is = wantsAll && follows(collection) && listed.add(collection);
        if (is) {
            begun.add(collection);
        }
        return is;
    }

    private void read() {
        List<CollectionChange> some = ring.behind(at, AT_ONCE);
        if (some != null) {
            ahead.addAll(some);
            return;
        }
        long behind = at;
        at = ring.base();
        List<String> missed = new ArrayList<>();
        for (Followed one : followed.values()) {
            if (one.begins() >= 0 && ring.hasDropped(one.collection(), behind)) {
                missed.add(one.collection());
            }
        }
        for (String collection : missed) {
            overtaken.tell(collection, behind + 1, at, lastKey, ring.lastDroppedKey(collection));
        }
        resync(missed, behind);
    }

    @Override
    public void close() {
        closer.accept(this);
    }
}
