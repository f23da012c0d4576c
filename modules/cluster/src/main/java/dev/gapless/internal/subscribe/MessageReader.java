package dev.gapless.internal.subscribe;

import dev.gapless.Lag;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Now;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.delivery.RunPart;
import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.measure.Claim;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pulls the messages of a subscription one after the other, and the notices between them, as the {@link SubscriptionState} has them.
 * Nothing is decoded or queued here. Asking for the next one says that the one before is done with; messages that the filter leaves out
 * count as done with, like those that were given. One thread at a time, except for what says "Any thread".
 */
public class MessageReader {
    /** A consumer that waits for room is told of every so many messages. */
    private static final int ROOM_EVERY = 32;

    /** Messages and notices that it looks at in one turn, when most are left out. */
    private static final int LOOKS = 1_024;

    private final String topic;
    private final long id;
    private final @Nullable String client;
    private final Claims claims;
    private final SubscriptionState state;
    private final Feedback.Sink feedback;
    private final Feedback room;
    private final String clusterId;
    private final Clock clock;

    private Filter filter;
    /** What was read last; null if that was no messages. */
    private @Nullable MessageRun run;

    private @Nullable SubscriptionStats stats;
    private int looks;
    private long violations;
    private @Nullable String lastNode;
    private @Nullable String lastKey;
    /** What resumes behind the message of this number, counted from 1, of the run. */
    private IntFunction<CursorToken> tokens = count -> token();

    private OptionalLong waitsUntilNs = OptionalLong.empty();

    /**
     * @param client whose it is, if it is of a client outside the cluster
     * @param claims what that says of where it was
     */
    public MessageReader(
            String topic,
            long id,
            @Nullable String client,
            Claims claims,
            SubscriptionState state,
            Feedback.Sink feedback,
            Filter filter,
            String clusterId,
            Clock clock) {
        this.topic = topic;
        this.id = id;
        this.client = client;
        this.claims = claims;
        this.state = state;
        this.feedback = feedback;
        this.room = new Feedback.Room(id);
        this.filter = filter;
        state.filteredBy(filter.hash());
        this.clusterId = clusterId;
        this.clock = clock;
    }

    /** From now on what is missed is counted there. */
    void countIn(SubscriptionStats of) {
        stats = of;
    }

    @Nullable SubscriptionStats stats() {
        return stats;
    }

    SubscriptionState state() {
        return state;
    }

    /** From the next message on this one says what is given. */
    public void filter(Filter other) {
        filter = other;
        state.filteredBy(other.hash());
    }

    // ------------------------------------------------------------------ pulling

    /** A turn begins: it looks at a bounded number of messages and notices. What was given before is done with. */
    public void beginTurn() {
        handled();
        looks = LOOKS;
        waitsUntilNs = OptionalLong.empty();
    }

    /**
     * The next message or notice, or null if there is none now, or a reload is under way or waits ({@link #waitNs}), or the turn is over:
     * then {@link #hasMore}.
     */
    public @Nullable Pulled next() {
        while (looks > 0) {
            looks--;
            MessageRun messages = run;
            if (messages != null && messages.hasNext()) {
                messages.next();
                if (takes(messages)) {
                    return Pulled.Plain.MESSAGE;
                }
            } else {
                Step step = step();
                if (step instanceof Step.Idle || step instanceof Step.Reloading) {
                    return null;
                } else if (step instanceof Step.Waiting waiting) {
                    waitsUntilNs = OptionalLong.of(waiting.untilNs());
                    return null;
                }
                Pulled notice = notice(step);
                if (notice != null) {
                    return notice;
                }
            }
        }
        handled();
        return null;
    }

    private boolean takes(MessageRun messages) {
        RunPart part = Objects.requireNonNull(messages.part());
        return filter.takesNode(part.node()) && filter.takesMessage(part.slice(), messages.inPart());
    }

    /** After how many nanoseconds to begin a turn again, if a reload waits for its time. */
    public OptionalLong waitNs() {
        return waitsUntilNs.isEmpty()
                ? waitsUntilNs
                : OptionalLong.of(Math.max(0, waitsUntilNs.getAsLong() - clock.ns()));
    }

    /** Is there something to look at? */
    public boolean hasMore() {
        MessageRun messages = run;
        return (messages != null && messages.hasNext()) || state.hasNext();
    }

    /** What was given last is done with: a token taken from now on resumes behind it. */
    public void handled() {
        MessageRun messages = run;
        if (messages == null || messages.passed() == messages.handled()) {
            return;
        }
        state.handled(messages.passed());
        if (messages.passed() % ROOM_EVERY == 0 && state.isPressed()) {
            feedback.tell(room);
        }
    }

    /** The reload has succeeded: it goes on behind what was missed. */
    public void reloaded() {
        state.reloaded(null);
    }

    private Step step() {
        handled(); // what was left out, too
        MessageRun before = run;
        RunPart last = before == null ? null : before.part();
        if (before != null && last != null) {
            lastNode = last.node();
            lastKey = last.slice().key(before.inPart());
        }
        run = null; // what was read must not be kept for as long as nothing comes
        long nowNs = clock.ns(); // first: of what came since the step says nothing
        Step step = state.next(nowNs);
        if (state.isPressed()) {
            feedback.tell(room);
        }
        if (state.violations() != violations) {
            violated(state.violations() - violations);
        }
        if (step instanceof Step.Messages messages) {
            run = messages.run();
            Standpoint front = messages.before(); // a message that is kept keeps no other
            Now now = new Now(clock.ms(), nowNs);
            tokens = count -> token(front.after(count), now);
        }
        return step;
    }

    /** The core found a hole where none can be: it is announced as missed, and nothing of this is to stay unseen. */
    private void violated(long more) {
        if (violations == 0) {
            feedback.tell(new Feedback.Violated(id));
        }
        violations += more;
        if (stats != null) {
            stats.violated(more);
        }
    }

    /** What is told of this step, if anything is. */
    private @Nullable Pulled notice(Step step) {
        if (step instanceof Step.Missed missed) {
            return missed(missed);
        } else if (step instanceof Step.Left left && filter.takesNode(left.node())) {
            return new Pulled.Left(left.node(), left.position());
        }
        return null;
    }

    private @Nullable Pulled missed(Step.Missed missed) {
        List<Gap> gaps = taken(missed.gaps());
        if (gaps.isEmpty()) {
            state.reloaded(null); // of nodes that are left out
            return null;
        }
        report(gaps);
        long timeMs = missed.timeMs() == 0 ? clock.ms() : missed.timeMs();
        return new Pulled.Missed(gaps, missed.gaps(), timeMs);
    }

    /**
     * What there is to be told of that by the filter of now, if it was given by another one and the reload is under way yet. Null if there
     * is nothing: the reload is then to be ended by {@link #reloaded}, unless something was told of it.
     */
    public Pulled.@Nullable Missed again(Pulled.Missed missed) {
        List<Gap> gaps = taken(missed.all());
        List<Gap> others =
                gaps.stream().filter(gap -> !missed.gaps().contains(gap)).toList();
        if (!others.isEmpty()) {
            report(others);
        }
        return gaps.isEmpty() ? null : new Pulled.Missed(gaps, missed.all(), missed.timeMs());
    }

    private List<Gap> taken(List<Gap> gaps) {
        return gaps.stream().filter(filter::takesGap).toList();
    }

    /** Counts and logs what is missed. */
    private void report(List<Gap> gaps) {
        List<Claim> claimed = gaps.stream().map(this::claim).toList();
        if (stats != null) {
            for (int i = 0; i < gaps.size(); i++) {
                stats.missed(gaps.get(i), claimed.get(i));
            }
        }
        List<Optional<String>> lastKeys = gaps.stream()
                .map(gap -> Optional.ofNullable(state.lastKey(gap)))
                .toList();
        feedback.tell(
                new Feedback.Announced(id, client, gaps, claimed, new Feedback.Keys(lastNode, lastKey, lastKeys)));
    }

    /** What of that gap is its client's word alone. */
    public Claim claim(Gap gap) {
        return claims.of(gap, state::knows);
    }

    // ------------------------------------------------------------------ the message that it is at

    /** What keeps the message that it is at, with others. */
    public Slice slice() {
        return part().slice();
    }

    /** The number of that message in {@link #slice}. */
    public int index() {
        return current().inPart();
    }

    /** The name of the node that published it. */
    public String node() {
        return part().node();
    }

    /** That of the log that it is in. */
    public Epoch epoch() {
        return part().epoch();
    }

    /** Its sequence. */
    public long sequence() {
        return part().sequence() + index();
    }

    private RunPart part() {
        return Objects.requireNonNull(current().part(), "it is at no message");
    }

    private MessageRun current() {
        return Objects.requireNonNull(run, "it is at no message");
    }

    /** Its number in the run, counted from 1, for {@link #tokens}. */
    int inRun() {
        return current().passed();
    }

    /** Makes the tokens behind the messages of this run, by their numbers. */
    IntFunction<CursorToken> tokens() {
        return tokens;
    }

    // ------------------------------------------------------------------ where it is

    /** How far it is behind. Any thread. */
    public Lag lag() {
        OptionalLong sinceMs = state.behindSinceMs();
        long ageMs = sinceMs.isEmpty() ? 0 : Math.max(0, clock.ms() - sinceMs.getAsLong());
        return new Lag(state.lag(), Duration.ofMillis(ageMs));
    }

    /** Does it read what others of this node do not read with it? Any thread. */
    public boolean isCatchingUp() {
        return state.isCatchingUp();
    }

    /** What it is at. Any thread. */
    SubscriptionStats.State reading() {
        if (state.isReloading()) {
            return SubscriptionStats.State.RELOADING;
        } else if (state.isWaiting()) {
            return SubscriptionStats.State.WAITING;
        }
        return state.isCatchingUp() ? SubscriptionStats.State.CATCHING_UP : SubscriptionStats.State.READING;
    }

    /** Resumes in front of the message that was given last. Any thread. */
    public Supplier<CursorToken> inFront() {
        MessageRun messages = run;
        if (messages == null) {
            Now now = now(); // first: of what came since it says nothing
            Standpoint here = state.standpoint();
            return () -> token(here, now);
        }
        int before = messages.passed() - 1;
        IntFunction<CursorToken> those = tokens;
        return () -> those.apply(before);
    }

    /** Behind the last message that is done with, and in front of a gap that is being reloaded. Any thread. */
    public CursorToken token() {
        return state.token(topic, clusterId, now());
    }

    /** Where a client stands that keeps positions alone, and was given this token. Any thread. */
    public List<CursorToken.Entry> listed(CursorToken token) {
        return state.listed(token);
    }

    /** For where it was, by what was known then: a token that is made later says nothing of what came since. */
    private CursorToken token(Standpoint at, Now now) {
        return state.token(at, topic, clusterId, now);
    }

    private Now now() {
        return new Now(clock.ms(), clock.ns());
    }
}
