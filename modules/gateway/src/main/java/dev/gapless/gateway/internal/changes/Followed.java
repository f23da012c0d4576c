package dev.gapless.gateway.internal.changes;

import dev.gapless.StartFrom;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.ClientTurns;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.TopicFilter;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Pulled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A collection whose changes go into the ring, in their order. */
final class Followed {
    /** So many of its messages and notices, then others have their turn. */
    private static final int MOST_PER_TURN = 1_024;

    private final String collection;
    private final ChangeRing ring;
    private final Common common;
    private final Runnable changed;
    private final ClientTurns turns;
    /** Null while it is being opened: it may wake this before it is there. */
    private volatile @Nullable MessageSubscription subscription;

    private volatile long begins = -1;
    // Of its turns: when it is woken by itself.
    private boolean wakes;
    private long wakeAtNs;

    // Guarded by Changes.
    int cursors;
    long unusedSinceNs;

    /** @param changed is run when there is something new */
    Followed(String collection, ChangeRing ring, Common common, Runnable changed) {
        this.collection = collection;
        this.ring = ring;
        this.common = common;
        this.changed = changed;
        this.turns = new ClientTurns(common.executor(), this::turn);
        this.subscription = common.host()
                .messages(
                        collection,
                        StartFrom.latest(),
                        TopicFilter.of(null, null, Caller.anybody("")),
                        "document changes of this gateway",
                        true,
                        turns::wake);
        turns.wake();
    }

    String collection() {
        return collection;
    }

    /** Behind this number of the ring all its changes are there, or were; -1 before it is ready. */
    long begins() {
        return begins;
    }

    /** Why it ended by itself, or null. */
    MessageSubscription.@Nullable End end() {
        MessageSubscription open = subscription;
        return open == null ? null : open.end();
    }

    private void turn() {
        MessageSubscription open = subscription;
        if (open == null) {
            return;
        }
        MessageReader reader = open.reader();
        if (open.end() != null) {
            changed.run();
            return;
        }
        if (reader == null || open.silent() == null) {
            return;
        }
        boolean isNew = begins < 0;
        if (isNew) {
            begins = ring.next();
        }
        if (read(reader, open) || isNew) {
            changed.run();
        }
        if (reader.waitNs().isPresent()) {
            wakeIn(reader.waitNs().getAsLong());
        } else if (reader.hasMore()) {
            turns.wake();
        }
    }

    /** Once for a reload that waits, however often it is woken meanwhile. */
    private void wakeIn(long waitNs) {
        long nowNs = System.nanoTime();
        long atNs = nowNs + waitNs;
        if (!wakes || wakeAtNs - nowNs <= 0 || atNs - wakeAtNs < 0) {
            wakes = true;
            wakeAtNs = atNs;
            common.later().accept(Duration.ofNanos(waitNs), turns::wake);
        }
    }

    private boolean read(MessageReader reader, MessageSubscription of) {
        boolean any = false;
        reader.beginTurn();
        for (int i = 0; i < MOST_PER_TURN; i++) {
            Pulled pulled = reader.next();
            if (pulled == null) {
                break;
            } else if (pulled == Pulled.Plain.MESSAGE) {
                ring.add(new CollectionChange(collection, reader.slice(), reader.index()));
                of.stats().delivered();
                any = true;
            } else if (pulled instanceof Pulled.Missed) {
                ring.add(
                        new CollectionChange(collection, null, 0)); // whoever follows it is told, and reloads by itself
                reader.reloaded();
                any = true;
            }
        }
        reader.handled();
        return any;
    }

    void close() {
        MessageSubscription open = subscription;
        if (open != null) {
            open.close();
        }
    }
}
