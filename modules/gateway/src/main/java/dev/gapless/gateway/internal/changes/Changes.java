package dev.gapless.gateway.internal.changes;

import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;

/**
 * The changes of the collections that somebody follows, in one ring, so that one number says where a client is in all of them. A
 * collection is followed from the first client that wants it until a while after the last one has gone. Thread-safe.
 */
public final class Changes {
    private final Common common;
    private final ChangeRing ring;
    private final Numbering numbering = Numbering.random(new SecureRandom());
    private final SlowFollowers laggards;
    private final int maxCollections;
    private final Duration keep;
    private final Set<ChangeCursor> cursors = new CopyOnWriteArraySet<>();
    /** Guarded by this. */
    private final Map<String, Followed> followed = new HashMap<>();

    public Changes(Common common) {
        this.common = common;
        this.laggards = new SlowFollowers(common);
        this.ring = new ChangeRing(common.settings().maxChanges, common.settings().maxChangesBytes, common.budget());
        this.maxCollections = common.settings().maxCollections;
        this.keep = common.settings().changesRetention;
    }

    /** Of the ring: another one in each incarnation of each gateway. */
    public long epoch() {
        return numbering.epoch();
    }

    /**
     * What follows is for one client.
     *
     * @param collections those that it wants; none for all that the node knows
     * @param since the sequence that it has got, if it has got any
     * @param ofEpoch the epoch that came with that, if it kept it
     * @param client who that is, for people
     * @param wake is run on any thread when there may be something new
     */
    public ChangeCursor open(
            Set<String> collections, @Nullable Long since, @Nullable Long ofEpoch, String client, Runnable wake) {
        Set<String> wanted = collections.isEmpty() ? common.host().topics() : collections;
        ChangeCursor cursor = new ChangeCursor(
                ring, numbering, collections.isEmpty(), since, ofEpoch, wake, laggards.of(client), this::close);
        cursors.add(cursor); // it is woken from now on
        try {
            wanted.forEach(collection -> follow(collection, cursor));
        } catch (RuntimeException e) {
            close(cursor);
            throw e;
        }
        cursor.opened();
        return cursor;
    }

    private void follow(String collection, ChangeCursor cursor) {
        Followed one = follow(collection);
        if (!cursor.follow(one)) {
            leave(one);
        }
    }

    private synchronized Followed follow(String collection) {
        Followed known = followed.get(collection);
        if (known == null || known.end() != null) {
            if (known == null && followed.size() >= maxCollections) {
                makeRoom();
            }
            try {
                known = new Followed(collection, ring, common, this::wakeAll);
            } catch (IllegalArgumentException e) {
                throw new RequestException(Kind.UNKNOWN_TOPIC, Reasons.of(e), e);
            }
            followed.put(collection, known);
        }
        known.cursors++;
        return known;
    }

    /** What nobody follows goes first: a client that comes back to it is told to list it again, and one that comes anew is let in. */
    private void makeRoom() {
        Followed leastWanted = followed.values().stream()
                .filter(one -> one.cursors == 0)
                .min((one, other) -> Long.signum(one.unusedSinceNs - other.unusedSinceNs))
                .orElseThrow(() -> new RequestException(
                        Kind.TOO_MANY_SUBSCRIPTIONS,
                        "Clients follow " + maxCollections
                                + " collections now, as many as gapless.gateway.changes.max-collections allows"));
        forget(leastWanted);
        common.executor().execute(leastWanted::close);
    }

    private void forget(Followed one) {
        followed.remove(one.collection());
        ring.forget(one.collection());
    }

    private void wakeAll() {
        cursors.forEach(ChangeCursor::wake);
    }

    /** The client has gone. */
    private void close(ChangeCursor cursor) {
        cursors.remove(cursor);
        cursor.end().forEach(this::leave);
    }

    private synchronized void leave(Followed one) {
        one.cursors--;
        one.unusedSinceNs = System.nanoTime();
    }

    /** From time to time: new topics for those who want all; and collections that nobody has wanted for a while. */
    public void look() {
        if (cursors.stream().anyMatch(ChangeCursor::wantsAll)) {
            Set<String> topics = common.host().topics();
            cursors.stream().filter(ChangeCursor::wantsAll).forEach(cursor -> followNew(topics, cursor));
        }
        for (Followed one : unused(System.nanoTime())) {
            one.close();
        }
    }

    private void followNew(Set<String> topics, ChangeCursor cursor) {
        try {
            List<String> more =
                    topics.stream().filter(topic -> !cursor.follows(topic)).toList();
            more.forEach(topic -> follow(topic, cursor));
            if (!more.isEmpty()) {
                cursor.wake(); // others may follow one already: it has begun, and wakes nobody
            }
        } catch (RequestException e) {
            cursor.refuse(e);
        }
    }

    private synchronized List<Followed> unused(long nowNs) {
        List<Followed> unused = new ArrayList<>();
        for (Followed one : followed.values()) {
            if (one.cursors == 0 && nowNs - one.unusedSinceNs > keep.toNanos()) {
                unused.add(one);
            }
        }
        unused.forEach(this::forget);
        return unused;
    }
}
