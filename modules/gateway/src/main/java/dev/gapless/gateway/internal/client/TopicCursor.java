package dev.gapless.gateway.internal.client;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Pulled;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One topic of a client: its place in the stream, and nothing else. It is read when there is room for a frame; a frame takes what is
 * there then, so that a client that keeps up gets single events, and one that lags gets batches.
 *
 * <pre>
 *   OPENING ──ready──► READING ──cursor_expired was written──► resync: READING, pause: PAUSED, close: the client ends
 *                         ▲                                                          │
 *                         └──────────────────────── Resume ──────────────────────────┘
 * </pre>
 *
 * <p>For the client's turns, but for {@link #lag} and {@link #lagged}.
 */
final class TopicCursor {
    /** A frame that is as large as it may be, or whatever ends one. */
    record Written(ByteBuffer frame, int events, boolean lagged) {}

    private final String topic;
    private final MessageSubscription subscription;
    private final OnLag onLag;
    private final int mostEvents;
    private final int mostBytes;
    private long maxMessageBytes;
    private boolean begun;
    private boolean paused;
    /** A notice that came while a frame of messages was being made. */
    private @Nullable Pulled held;
    /** {@code cursor_expired} is under way: the reload counts as done once it is written. */
    private boolean telling;

    private volatile long lagged;

    TopicCursor(Wish wish, String client, Common common, Runnable wake) {
        this.topic = wish.topic();
        this.onLag = wish.onLag();
        this.maxMessageBytes = wish.maxMessageBytes();
        this.mostEvents = common.settings().batchEvents;
        this.mostBytes = common.settings().batchBytes;
        this.subscription = common.host().messages(topic, wish.start(), wish.filter(), client, wake);
    }

    String topic() {
        return topic;
    }

    /** Why it ended by itself, or null. */
    MessageSubscription.@Nullable End end() {
        return subscription.end();
    }

    /** The members that it does without, once it is ready and open; then it is read. Null until then, and afterwards. */
    @Nullable Set<String> begins() {
        Set<String> silent = subscription.silent();
        if (begun || silent == null || subscription.reader() == null) {
            return null;
        }
        begun = true;
        return silent;
    }

    boolean hasBegun() {
        return begun;
    }

    /** From here on this one says what is given. */
    void change(Filter filter, long maxBytes) {
        maxMessageBytes = maxBytes;
        reader().filter(filter);
    }

    private MessageReader reader() {
        return Objects.requireNonNull(subscription.reader(), "it is not open");
    }

    /** Behind what was written; null if it is not open. */
    @Nullable CursorToken token() {
        MessageReader reader = subscription.reader();
        return reader == null ? null : token(reader);
    }

    /** Everything that was pulled is in a frame, except what is held: its token stands in front of a gap by itself. */
    private static CursorToken token(MessageReader reader) {
        reader.handled();
        return reader.token();
    }

    // ------------------------------------------------------------------ reading

    /** Is there something to read now? */
    boolean hasMore() {
        MessageReader reader = subscription.reader();
        return begun && !paused && reader != null && (held != null || reader.hasMore());
    }

    /** After how many nanoseconds to look again, if an expiry waits for its time. */
    OptionalLong waitNs() {
        MessageReader reader = subscription.reader();
        return reader == null ? OptionalLong.empty() : reader.waitNs();
    }

    /** Makes a frame of what is there; null if there is nothing. */
    @Nullable Written write(Framing framing, Bytes to) {
        MessageReader reader = subscription.reader();
        if (!begun || paused || reader == null) {
            return null;
        }
        Pulled pulled = held;
        held = null;
        if (pulled == null) {
            reader.beginTurn();
            pulled = reader.next();
        }
        if (pulled == null) {
            return null;
        }
        framing.begin(to, topic);
        if (pulled != Pulled.Plain.MESSAGE) {
            framing.notice(to, pulled, () -> token(reader));
            if (pulled instanceof Pulled.Missed missed) {
                told(missed);
            }
            return new Written(framing.end(to, 1, () -> token(reader)), 1, pulled instanceof Pulled.Missed);
        }
        int events = 0;
        while (pulled == Pulled.Plain.MESSAGE) {
            framing.message(to, events, reader, maxMessageBytes, () -> token(reader));
            subscription.stats().delivered();
            events++;
            pulled = events < mostEvents && to.size() < mostBytes ? reader.next() : null;
        }
        held = pulled;
        return new Written(framing.end(to, events, () -> token(reader)), events, false);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    private void told(Pulled.Missed missed) {
        lagged += missed.gaps().stream().mapToLong(TopicCursor::missed).sum();
        telling = true;
    }

    /** A gap whose size nobody knows counts as one message. */
    private static long missed(Gap gap) {
        Long missed = gap.missed();
        return missed == null ? 1 : missed;
    }

    /** What was made last is written. {@return whether the client is to end, since the ring overtook it} */
    boolean written() {
        if (!telling) {
            return false;
        }
        telling = false;
        if (onLag == OnLag.RESYNC) {
            reader().reloaded();
        } else {
            paused = true;
            subscription.paused(true);
        }
        return onLag == OnLag.CLOSE;
    }

    /** The client has reloaded. {@return whether it was paused} */
    boolean resume() {
        if (!paused || onLag != OnLag.PAUSE) {
            return false;
        }
        paused = false;
        subscription.paused(false);
        reader().reloaded();
        return true;
    }

    void close() {
        subscription.close();
    }

    // ------------------------------------------------------------------ for people; any thread

    long lag() {
        return subscription.lag().messages();
    }

    /** How many messages its client was told that it missed. */
    long lagged() {
        return lagged;
    }
}
