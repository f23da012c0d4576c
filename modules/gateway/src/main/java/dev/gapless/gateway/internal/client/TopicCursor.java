package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageSubscription;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One topic of a client: its messages, or its state. It is read when there is room for a frame; a frame takes what is there then, so that a client
 * that keeps up gets single events, and one that lags gets batches. For the client's turns, but for {@link #lag} and {@link #lagged}.
 */
abstract class TopicCursor {
    /** A frame that is as large as it may be, or whatever ends one. */
    record Written(List<ByteBuffer> frame, int events, boolean lagged) {}

    /** What a {@code Resume} did. */
    enum Resumed {
        RESUMED,
        NOT_PAUSED,
        /** It answers what the client was told before it was told again, and changes nothing. */
        EARLIER,
        /** It answers nothing that the client was told. */
        OTHER
    }

    private final String topic;
    /** Of the tokens of this topic. */
    private final LastToken told = new LastToken();

    private boolean ids;
    private @Nullable JsonNode id;
    private boolean begun;
    private volatile long lagged;
    private long claimed;
    private volatile @Nullable Missed lastMissed;

    TopicCursor(String topic) {
        this.topic = topic;
    }

    final String topic() {
        return topic;
    }

    /** Each event has its token from now on, or has not. */
    final void ids(boolean each) {
        ids = each;
    }

    final boolean ids() {
        return ids;
    }

    /** What the client calls the command that it was opened by. */
    final void askedBy(@Nullable JsonNode commandId) {
        id = commandId;
    }

    final @Nullable JsonNode askedBy() {
        return id;
    }

    /** Is it the topic's state, and not its messages? */
    abstract boolean isState();

    /** Why it ended by itself, or null. */
    abstract MessageSubscription.@Nullable End end();

    /** The members that it does without, once it is ready and open; null until then. */
    abstract @Nullable Set<String> ready();

    /** What the client is told once it is ready, and read from then on; null until then, and afterwards. */
    final @Nullable List<ByteBuffer> begin(Framing framing, Supplier<Bytes> frame) {
        Set<String> silent = begun ? null : ready();
        if (silent == null) {
            return null;
        }
        begun = true;
        CursorToken token = Objects.requireNonNull(tell());
        return framing.subscribed(frame.get(), topic, token, listed(token), silent);
    }

    final boolean hasBegun() {
        return begun;
    }

    /**
     * From its token on this filter says what is given; that stands in front of a gap that is under way. So what the other filter left out
     * of the gap is told yet, and where the client has been told of it, it is told all of it again.
     *
     * @param lag what becomes of the client from the next gap on; null as before
     * @param maxBytes larger messages are withheld; null as before
     */
    abstract void change(Filter filter, @Nullable OnLag lag, @Nullable Long maxBytes);

    /** Behind what was written; null if it is not open. */
    abstract @Nullable CursorToken token();

    /** Where a client stands that keeps positions alone, and is given this token. */
    abstract List<CursorToken.Entry> listed(CursorToken token);

    /** The client is given this one. {@return it} */
    final CursorToken told(CursorToken token) {
        return told.is(token);
    }

    /** Behind what was written, which the client is given; null if it is not open. */
    final @Nullable CursorToken tell() {
        CursorToken token = token();
        return token == null ? null : told(token);
    }

    /** The same, if it leads further than what the client was given last: a filter may have passed over much. Null if not. */
    final @Nullable CursorToken progress() {
        CursorToken token = begun ? token() : null;
        return token == null || !told.isBehind(token) ? null : told(token);
    }

    /** Is there something to read now? */
    abstract boolean hasMore();

    /** After how many nanoseconds to look again, if something waits for its time. */
    abstract OptionalLong waitNs();

    /**
     * Makes a frame of what is there; null if there is nothing, or no room for it.
     *
     * @param isSlow does its client take long over a frame?
     */
    abstract @Nullable Written write(Framing framing, Bytes to, boolean isSlow);

    /** What was made last is written. {@return whether the client is to end, since the ring overtook it} */
    abstract boolean written();

    /**
     * The client has reloaded.
     *
     * @param answered the token of the {@code cursor_expired} after which it did; null is the last one
     */
    abstract Resumed resume(@Nullable String answered);

    abstract void close();

    /**
     * Its client is told that it missed these. A gap whose size nobody knows counts as one message.
     *
     * @param isClaimed is that gap, or where it begins, the client's word alone?
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    final void missed(List<Gap> gaps, Predicate<Gap> isClaimed) {
        if (!gaps.isEmpty()) {
            Missed told = Missed.now(topic, gaps);
            lagged += told.messages();
            claimed += Missed.messages(gaps.stream().filter(isClaimed).toList());
            lastMissed = told;
        }
    }

    /** By how many messages it is behind. Any thread. */
    abstract long lag();

    /** What its client was told last that it missed; null if nothing. Any thread. */
    final @Nullable Missed lastMissed() {
        return lastMissed;
    }

    /** How many messages its client was told that it missed. Any thread. */
    final long lagged() {
        return lagged;
    }

    /** How many of them by its own account. */
    final long claimed() {
        return claimed;
    }
}
