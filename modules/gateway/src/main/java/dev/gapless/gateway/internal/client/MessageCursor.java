package dev.gapless.gateway.internal.client;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.internal.measure.Claim;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Pulled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A topic's messages: its place in the stream, and nothing else. It is read when there is room for a frame; a frame takes what is
 * there then, so that a client that keeps up gets single events, and one that lags gets batches.
 *
 * <pre>
 *   OPENING ──ready──► READING ──cursor_expired was written──► resync: READING, pause: PAUSED, close: the client ends
 *                         ▲                                                          │  ▲
 *                         └──────────────────────── Resume ──────────────────────────┘  └─ another filter: told again
 * </pre>
 *
 * <p>For the client's turns, but for {@link #lag} and {@link #lagged}.
 */
final class MessageCursor extends TopicCursor {
    private final MessageSubscription subscription;
    private final PayloadJson payloads;
    private final Unsent unsent;
    private final Runnable wake;
    private OnLag onLag;
    private final int mostEvents;
    private final int mostBytes;
    private long maxMessageBytes;
    /** What the client was told, and has not reloaded: as long as it is there nothing is read. */
    private Pulled.@Nullable Missed paused;
    /**
     * What is told next: a notice that came while a frame of messages was being made, or is told again; or a message for which there was no
     * room.
     */
    private @Nullable Pulled held;
    /** There was no room for what comes next; it is woken when there may be. */
    private boolean waits;
    /** Its {@code cursor_expired} is under way: what follows depends on that it was written. */
    private Pulled.@Nullable Missed telling;
    /** The token of the last {@code cursor_expired}. */
    private @Nullable CursorToken expiredAt;
    /** It was told while the client was paused: a {@code Resume} that answers the one before may be on its way. */
    private boolean isToldAgain;

    MessageCursor(SubscribeRequest request, String client, Common common, Runnable wake) {
        super(request.topic());
        this.onLag = request.onLag();
        this.maxMessageBytes = request.maxMessageBytes();
        this.mostEvents = common.settings().batchEvents;
        this.mostBytes = common.settings().batchBytes;
        this.payloads = common.payloads();
        this.unsent = common.unsent();
        this.wake = wake;
        this.subscription = common.host().messages(topic(), request.start(), request.filter(), client, false, wake);
    }

    @Override
    boolean isState() {
        return false;
    }

    @Override
    MessageSubscription.@Nullable End end() {
        return subscription.end();
    }

    @Override
    @Nullable Set<String> ready() {
        return subscription.reader() == null ? null : subscription.silent();
    }

    @Override
    void change(Filter filter, @Nullable OnLag lag, @Nullable Long maxBytes) {
        onLag = lag == null ? onLag : lag;
        maxMessageBytes = maxBytes == null ? maxMessageBytes : maxBytes;
        MessageReader reader = reader();
        reader.filter(filter);
        if (paused != null) {
            held = reader.again(paused);
        } else if (held instanceof Pulled.Missed missed) {
            held = reader.again(missed);
            if (held == null) {
                reader.reloaded(); // of nodes that are left out
            }
        } else if (held instanceof Pulled.Left left && !filter.takesNode(left.node())) {
            held = null;
        } else if (held == Pulled.Plain.MESSAGE
                && !(filter.takesNode(reader.node()) && filter.takesMessage(reader.slice(), reader.index()))) {
            held = null;
        }
    }

    private MessageReader reader() {
        return Objects.requireNonNull(subscription.reader(), "it is not open");
    }

    @Override
    @Nullable CursorToken token() {
        MessageReader reader = subscription.reader();
        return reader == null ? null : token(reader);
    }

    @Override
    List<CursorToken.Entry> listed(CursorToken token) {
        return reader().listed(token);
    }

    /** Everything that was pulled is in a frame, except what is held: in front of a gap the token stands by itself. */
    private CursorToken token(MessageReader reader) {
        if (held == Pulled.Plain.MESSAGE) {
            return reader.inFront().get();
        }
        reader.handled();
        return held instanceof Pulled.Left left ? inFrontOf(left, reader.token()) : reader.token();
    }

    /** The same place, where the client has not been told yet that this producer left: its stream goes on. */
    private static CursorToken inFrontOf(Pulled.Left left, CursorToken behind) {
        Position end = left.position();
        List<CursorToken.Entry> entries = new ArrayList<>();
        boolean isListed = false;
        for (CursorToken.Entry entry : behind.entries()) {
            boolean is = entry.epoch().equals(end.epoch());
            isListed |= is;
            entries.add(is ? entry.at(end.sequence(), false) : entry);
        }
        if (!isListed) {
            entries.add(new CursorToken.Entry(left.node(), 0, end.epoch(), end.sequence(), false));
        }
        return behind.with(entries);
    }

    // ------------------------------------------------------------------ reading

    @Override
    boolean hasMore() {
        MessageReader reader = subscription.reader();
        return hasBegun() && !waits && reader != null && (held != null || (paused == null && reader.hasMore()));
    }

    @Override
    OptionalLong waitNs() {
        MessageReader reader = subscription.reader();
        return reader == null ? OptionalLong.empty() : reader.waitNs();
    }

    @Override
    @Nullable Written write(Framing framing, Bytes to, boolean isSlow) {
        waits = false;
        MessageReader reader = subscription.reader();
        if (!hasBegun() || reader == null || (paused != null && held == null)) {
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
        boolean hasRoom = unsent.hasRoom(isSlow);
        if (!hasRoom && pulled == Pulled.Plain.MESSAGE && !isSmall(reader)) {
            held = pulled;
            waits = true;
            unsent.await(isSlow, wake);
            return null;
        }
        framing.begin(to, topic(), ids());
        Supplier<CursorToken> token = () -> told(token(reader));
        if (pulled instanceof Pulled.Missed missed) {
            tell(missed, reader, framing, to);
            return new Written(framing.end(to, 1, token), 1, true);
        } else if (pulled instanceof Pulled.Left left) {
            framing.left(to, left, token);
            return new Written(framing.end(to, 1, token), 1, false);
        }
        int events = 0;
        while (pulled == Pulled.Plain.MESSAGE) {
            framing.message(to, events, reader, maxMessageBytes, token);
            subscription.stats().delivered();
            events++;
            pulled = hasRoom && events < mostEvents && to.size() < mostBytes ? reader.next() : null;
        }
        held = pulled;
        return new Written(framing.end(to, events, token), events, false);
    }

    private boolean isSmall(MessageReader reader) {
        return unsent.isSmall(payloads.plainLength(reader.slice(), reader.index()));
    }

    /** Whoever is to end goes on behind the gap when it comes back: else it would be told, and ended, again and again. */
    private void tell(Pulled.Missed missed, MessageReader reader, Framing framing, Bytes to) {
        CursorToken inFront = token(reader);
        if (onLag == OnLag.CLOSE) {
            reader.reloaded();
        }
        framing.expired(to, missed.timeMs(), missed.gaps(), inFront, () -> told(token(reader)));
        expiredAt = inFront;
        isToldAgain = paused != null;
        List<Gap> before = paused == null ? List.of() : paused.gaps();
        missed(
                missed.gaps().stream().filter(gap -> !before.contains(gap)).toList(),
                gap -> reader.claim(gap) != Claim.NOTHING);
        telling = missed;
    }

    @Override
    boolean written() {
        Pulled.Missed told = telling;
        telling = null;
        if (told == null || onLag == OnLag.CLOSE) {
            return told != null;
        }
        paused = onLag == OnLag.PAUSE ? told : null;
        subscription.paused(paused != null);
        if (paused == null) {
            reader().reloaded();
        }
        return false;
    }

    @Override
    Resumed resume(@Nullable String answered) {
        boolean isOther = answered != null && !answered.equals(String.valueOf(expiredAt));
        if (isOther && isToldAgain) {
            return Resumed.EARLIER;
        } else if (paused == null) {
            return Resumed.NOT_PAUSED;
        } else if (isOther) {
            return Resumed.OTHER;
        }
        paused = null;
        subscription.paused(false);
        if (held == null) { // else it has not been told everything
            reader().reloaded();
        }
        return Resumed.RESUMED;
    }

    @Override
    void close() {
        subscription.close();
    }

    @Override
    long lag() {
        return subscription.lag().messages();
    }
}
