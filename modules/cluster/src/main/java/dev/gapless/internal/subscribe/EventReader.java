package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Lag;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.Topic;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.log.Slice;
import dev.gapless.core.subscription.MessageRun;
import dev.gapless.core.subscription.PullCursor;
import dev.gapless.core.subscription.Step;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.wire.Codec;
import dev.gapless.internal.wire.WrongClass;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a {@link SubscriptionState} is to do next into events of the application. Asking for the next event says that
 * the one before is done with. One thread at a time.
 */
public final class EventReader<T> {
    /** A consumer that waits for room is told of every so many messages. */
    private static final int ROOM_EVERY = 32;

    /** Messages and notices that it looks at in one turn, when most are left out. */
    private static final int LOOKS = 1_024;

    /** Of messages that are of a wrong class the shard is told this often. */
    private static final long TELL_EVERY_NS = 1_000_000_000;

    private static final Epoch UNKNOWN_EPOCH = new Epoch(0);

    private final Topic<T> topic;
    private final long id;
    private final SubscriptionState state;
    private final PullCursor cursor;
    private final Feedback.Sink feedback;
    private final Filter filter;
    private final Decoder decoder;
    private final String clusterId;
    private final Clock clock;

    private @Nullable SubscriptionStats stats;
    private long violations;
    private long wrongClassToldNs;
    private @Nullable String lastNode;
    private @Nullable String lastKey;
    /** What resumes behind the message of this number, counted from 1, of the run. */
    private IntFunction<CursorToken> tokens = count -> token();

    private OptionalLong waitsUntilNs = OptionalLong.empty();

    public EventReader(
            Topic<T> topic,
            long id,
            SubscriptionState state,
            Feedback.Sink feedback,
            Filter filter,
            Decoder decoder,
            String clusterId,
            Clock clock) {
        this.topic = topic;
        this.id = id;
        this.state = state;
        this.cursor = new PullCursor(state, filter);
        this.feedback = feedback;
        this.filter = filter;
        this.decoder = decoder;
        this.clusterId = clusterId;
        this.clock = clock;
    }

    /** From now on what it gives is counted there. */
    void countIn(SubscriptionStats of) {
        stats = of;
    }

    SubscriptionState state() {
        return state;
    }

    /**
     * The next event, or null if there is none now, or a reload is under way or waits ({@link #waitNs}), or much was left out: then
     * {@link #hasMore}.
     */
    @Nullable Event<T> next() {
        handled();
        waitsUntilNs = OptionalLong.empty();
        for (int i = 0; i < LOOKS; i++) {
            if (cursor.hasMessages()) {
                Event<T> event = cursor.next() ? event() : null;
                if (event != null) {
                    return event;
                }
            } else {
                Step step = step();
                if (step instanceof Step.Idle || step instanceof Step.Reloading) {
                    return null;
                } else if (step instanceof Step.Waiting waiting) {
                    waitsUntilNs = OptionalLong.of(waiting.untilNs());
                    return null;
                }
                Event<T> notice = notice(step);
                if (notice != null) {
                    return notice;
                }
            }
        }
        handled();
        return null;
    }

    /** After how many nanoseconds to ask for the next event again, if a reload waits for its time. */
    OptionalLong waitNs() {
        return waitsUntilNs.isEmpty()
                ? waitsUntilNs
                : OptionalLong.of(Math.max(0, waitsUntilNs.getAsLong() - clock.ns()));
    }

    /** Is there something to look at? */
    boolean hasMore() {
        return cursor.hasMessages() || state.hasNext();
    }

    private Step step() {
        handled(); // what was left out, too
        FeedEntry.Messages last = cursor.slice();
        if (last != null) {
            lastNode = last.node();
            lastKey = last.slice().key(cursor.inSlice());
        }
        Step step = cursor.read(clock.ns());
        if (state.isPressed()) {
            feedback.tell(Feedback.ROOM);
        }
        if (state.violations() != violations) {
            violated(state.violations() - violations);
        }
        if (step instanceof Step.Messages messages) {
            MessageRun.Path path = messages.run().path();
            tokens = count -> token(path.after(count)); // a message that is kept keeps no other
        }
        return step;
    }

    /** The core found a hole where none can be: it is told as missed, and nothing of this is to stay unseen. */
    private void violated(long more) {
        if (violations == 0) {
            feedback.tell(new Feedback.Violated(id));
        }
        violations += more;
        if (stats != null) {
            stats.violated(more);
        }
    }

    /** The event that was given last is done with: a token taken from now on resumes behind it. */
    void handled() {
        if (cursor.handled() && cursor.inRun() % ROOM_EVERY == 0 && state.isPressed()) {
            feedback.tell(Feedback.ROOM);
        }
    }

    /** How far it is behind. Any thread. */
    Lag lag() {
        OptionalLong sinceMs = state.behindSinceMs();
        long ageMs = sinceMs.isEmpty() ? 0 : Math.max(0, clock.ms() - sinceMs.getAsLong());
        return new Lag(state.lag(), Duration.ofMillis(ageMs));
    }

    /** Resumes in front of the event that was given last. Any thread. */
    Supplier<CursorToken> inFront() {
        MessageRun.Path path = cursor.path();
        if (path == null) {
            Vector here = state.positions();
            return () -> token(here);
        }
        int before = cursor.inRun() - 1;
        return () -> token(path.after(before));
    }

    /** What the application is told of this step, if it is told anything. */
    private @Nullable Event<T> notice(Step step) {
        if (step instanceof Step.Joined) {
            feedback.tell(new Feedback.Joined(id));
        } else if (step instanceof Step.Missed missed) {
            return missed(missed);
        } else if (step instanceof Step.Left left && filter.takesNode(left.node())) {
            Position position = left.position() == null ? new Position(UNKNOWN_EPOCH, 0) : left.position();
            return new ProducerLeft<>(topic.name(), left.node(), position, token());
        }
        return null;
    }

    private @Nullable Event<T> missed(Step.Missed missed) {
        List<Gap> gaps = missed.gaps().stream().filter(filter::takesGap).toList();
        if (gaps.isEmpty()) {
            state.reloaded(null); // of nodes that are left out
            return null;
        }
        if (stats != null) {
            stats.missed(gaps);
        }
        List<Optional<String>> lastKeys = gaps.stream()
                .map(gap -> Optional.ofNullable(state.lastKey(gap)))
                .toList();
        feedback.tell(new Feedback.Told(id, gaps, new Feedback.Keys(lastNode, lastKey, lastKeys)));
        long timeMs = missed.timeMs() == 0 ? clock.ms() : missed.timeMs();
        return new CursorExpired<>(topic.name(), Instant.ofEpochMilli(timeMs), gaps, token());
    }

    /** The message that the cursor is at as an event, or null if it is of another class than the topic's. */
    private @Nullable Event<T> event() {
        FeedEntry.Messages of = Objects.requireNonNull(cursor.slice());
        int i = cursor.inSlice();
        int inRun = cursor.inRun();
        Slice slice = of.slice();
        Era era = of.era();
        long sequence = of.sequence() + i;
        long timeMs = slice.publishedMs(i);
        String key = slice.key(i);
        try {
            T decoded = slice.isTombstone(i) ? null : decoder.decode(topic, era.epoch(), sequence, slice, i);
            if (stats != null) {
                stats.delivered();
            }
            return new Delivery<>(
                    topic.name(),
                    era.node(),
                    era.epoch(),
                    sequence,
                    timeMs,
                    key,
                    slice.headers(i),
                    decoded,
                    tokens,
                    inRun);
        } catch (WrongClass e) {
            wrongClass(era.node(), sequence, e);
            return null;
        } catch (Throwable e) {
            Fatal.rethrow(e);
            if (stats != null) {
                stats.undecodable();
            }
            IntFunction<CursorToken> ofRun = tokens;
            Position position = new Position(era.epoch(), sequence);
            Payload payload = Codec.payloadOf(slice, i);
            Instant time = Instant.ofEpochMilli(timeMs);
            return new Undecodable<>(
                    topic.name(), era.node(), position, time, key, payload, e, () -> ofRun.apply(inRun));
        }
    }

    private void wrongClass(String node, long sequence, WrongClass why) {
        long all = stats == null ? 1 : stats.wrongClass();
        long nowNs = clock.ns();
        if (all == 1 || nowNs - wrongClassToldNs >= TELL_EVERY_NS) {
            wrongClassToldNs = nowNs;
            feedback.tell(new Feedback.WrongClasses(id, node, sequence, String.valueOf(why.getMessage()), all));
        }
    }

    /** Behind the last event that is done with. Any thread. */
    CursorToken token() {
        return token(state.positions());
    }

    private CursorToken token(Vector at) {
        return state.token(at, topic.name(), clusterId, new Now(clock.ms(), clock.ns()));
    }
}
