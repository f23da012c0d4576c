package dev.gapless.internal.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.StartFrom;
import dev.gapless.core.Backoff;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Slice;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.node.Quota;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.internal.Slices;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A shard without an actor system. */
class ShardDriverTest implements ShardDriver.Place {
    private static final HistoryView HISTORY =
            new HistoryView(1L, Long.MIN_VALUE, false, false, List.of(), new Now(0, 0), new LastPing(), 60_000);

    private static final List<MemberEvent> MEMBERS =
            List.of(new MemberEvent.Present(1, "host:1"), new MemberEvent.Named(1, "p", 0));

    private final List<Packet> sent = new ArrayList<>();
    private final AtomicLong sessions = new AtomicLong();
    private final List<Set<String>> givenUp = new ArrayList<>();
    private long nowNs;
    private long timerNs = Long.MAX_VALUE;
    private int opened;
    private int ended;

    @Override
    public Clock clock() {
        return new Clock() {
            @Override
            public long ms() {
                return 0;
            }

            @Override
            public long ns() {
                return nowNs;
            }
        };
    }

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(packet);
    }

    @Override
    public void tellNode(ToNode message) {}

    @Override
    public void startTimer(long afterNs) {
        timerNs = nowNs + afterNs;
    }

    @Override
    public Runnable looker(ServedTopic topic) {
        return () -> {};
    }

    @Override
    public String nameOf(long uid) {
        return "n" + uid;
    }

    @Override
    public @Nullable ProducerLog producer(String topic) {
        return null;
    }

    @Override
    public boolean drop(ProducerLog producer) {
        return false;
    }

    @Override
    public TopicMeasure stats(String topic) {
        return TopicMeasure.NONE;
    }

    @Override
    public void missed(Effect.Missed told) {}

    @Override
    public void moved(ProducerLog producer, Effect.CursorMoved moved) {}

    @Override
    public void store(String topic, StoreRequest request) {
        throw new AssertionError("No topic is durable: " + topic);
    }

    @Override
    public void logBroken(String topic, String why) {}

    @Override
    public void logFenced(String topic) {}

    @Override
    public void producerEnded(String topic) {}

    @Override
    public void givenUp(String topic, Set<String> producers) {
        givenUp.add(producers);
    }

    @Override
    public void consumerEnded(String topic) {}

    /** A subscription that reads nothing, however often it is woken. */
    private final class Stuck implements SubscriptionListener {
        private int wakes;
        private @Nullable SubscriptionState state;
        private final SubscriptionHandle handle =
                new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);

        @Override
        public SubscriptionStats stats() {
            return handle.stats();
        }

        @Override
        public void opened(SubscriptionState its, Feedback.Sink feedback) {
            state = its;
            opened++;
        }

        /** What it would be given, or told once it has waited. */
        Step next() {
            SubscriptionState its = Objects.requireNonNull(state);
            Step step = its.next(nowNs);
            return step instanceof Step.Waiting waiting ? its.next(waiting.untilNs()) : step;
        }

        @Override
        public void wake() {
            wakes++;
        }

        @Override
        public void ready(Set<String> silent) {}

        @Override
        public void shutdown() {
            ended++;
        }

        @Override
        public void refused(RuntimeException cause) {}
    }

    private ShardDriver driver() {
        return driver(0);
    }

    private ShardDriver driver(int registerAttempts) {
        return new ShardDriver(
                this,
                20,
                topic -> TopicSettings.DEFAULTS.with(draft -> {
                    draft.registerAttempts = registerAttempts;
                    draft.registerBackoff = new Backoff(10_000_000L, 20_000_000L); // none is due when an answer counts
                }),
                new Gate(),
                sessions::incrementAndGet,
                RandomGenerator.getDefault(),
                new Quota(1));
    }

    @Test
    void opensOneSubscriptionWithoutLookingAtTheOthers() {
        ShardDriver shard = driver();
        shard.onNode(new ToShard.Members(MEMBERS, new MemberView(Set.of(1L, 20L), MEMBERS, true, HISTORY)));
        Stuck first = new Stuck();
        shard.open("t", 1, new Opening.Latest(), first, feedback -> {});
        Register register = (Register) sent.get(0);
        shard.onMessage(new Registered("t", 0, register.session(), LogIdentity.fresh(Epoch.of(1, "t"), 0), 1, 1, 1, 0));
        List<Slice> message = Slices.of(0, Content.of(1, "", new byte[1]));
        shard.onMessage(new Batch("t", 0, register.session(), 1, 1, 1, true, message));
        first.wakes = 0;

        for (int id = 2; id <= 1_001; id++) {
            shard.open("t", id, new Opening.Latest(), new Stuck(), feedback -> {});
        }
        assertEquals(1_001, opened);
        assertEquals(0, first.wakes, "the first one has something to read, and was told so before");
    }

    @Test
    void whatIsOpenEndsWithTheNodeAndWhatIsOpenedLaterAtOnce() {
        ShardDriver shard = driver();
        shard.onNode(new ToShard.Members(MEMBERS, new MemberView(Set.of(1L, 20L), MEMBERS, true, HISTORY)));
        shard.open("t", 1, new Opening.Latest(), new Stuck(), feedback -> {});
        assertEquals(0, ended);
        shard.onNode(new ToShard.EndSubscriptions());
        assertEquals(1, ended);
        shard.open("u", 2, new Opening.Latest(), new Stuck(), feedback -> {});
        assertEquals(2, ended);
        assertEquals(1, opened);
    }

    /** Asks a member that never answers, for minutes. */
    private ShardDriver unanswered(int registerAttempts) {
        ShardDriver shard = driver(registerAttempts);
        shard.onNode(new ToShard.Members(MEMBERS, new MemberView(Set.of(1L, 20L), MEMBERS, true, HISTORY)));
        shard.open("t", 1, new Opening.Latest(), new Stuck(), feedback -> {});
        for (int i = 0; i < 20; i++) {
            nowNs += 15_000_000_000L;
            shard.onTime();
        }
        return shard;
    }

    @Test
    void rowO2_afterSoManyAttemptsItIsToldOnceThatTheConsumerGaveUpAndOnceThatItIsAnswered() {
        ShardDriver shard = unanswered(3);
        assertEquals(List.of(Set.of("p")), givenUp);
        Register register = (Register) sent.get(sent.size() - 1);
        shard.onMessage(new Registered("t", 0, register.session(), LogIdentity.fresh(Epoch.of(1, "t"), 0), 1, 1, 0, 0));
        assertEquals(1, givenUp.size(), "it has answered just now");
        nowNs += 5_000_000_000L;
        shard.onMessage(new Heartbeat("t", 0, register.session(), 1, 0, 1, 0));
        assertEquals(List.of(Set.of("p"), Set.of()), givenUp);
    }

    @Test
    void thatTheConsumerIsAnsweredIsToldAlsoWhereTheTopicIsAtRest() {
        ShardDriver shard = unanswered(3);
        Register register = (Register) sent.get(sent.size() - 1);
        shard.onMessage(new Registered("t", 0, register.session(), LogIdentity.fresh(Epoch.of(1, "t"), 0), 1, 1, 0, 0));
        assertTrue(becomesQuiet(shard), "something is always due");
        assertEquals(List.of(Set.of("p"), Set.of()), givenUp);
    }

    @Test
    void onANodeThatWasRemovedNobodyHasGivenUp() {
        ShardDriver shard = unanswered(3);
        shard.onNode(new ToShard.Members(
                List.of(new MemberEvent.Removed(1)), new MemberView(Set.of(20L), List.of(), true, HISTORY)));
        assertEquals(List.of(Set.of("p"), Set.of()), givenUp);
    }

    @Test
    void zeroAttemptsNeverGiveUp() {
        unanswered(0);
        assertEquals(List.of(), givenUp);
    }

    @Test
    void aProducerThatDiesWhileItsTopicIsAtRestIsToldAsLost() {
        ShardDriver shard = driver();
        shard.onNode(new ToShard.Members(MEMBERS, new MemberView(Set.of(1L, 20L), MEMBERS, true, HISTORY)));
        Stuck reader = new Stuck();
        shard.open("t", 1, new Opening.Latest(), reader, feedback -> {});
        Register register = (Register) sent.get(0);
        shard.onMessage(new Registered("t", 0, register.session(), LogIdentity.fresh(Epoch.of(1, "t"), 0), 1, 1, 0, 0));
        assertTrue(becomesQuiet(shard), "something is always due");
        assertInstanceOf(Step.Idle.class, reader.next());
        reader.wakes = 0;
        // Nothing is published, and nobody asks: only what comes of the removal has the topic looked at.
        shard.onNode(new ToShard.Members(
                List.of(new MemberEvent.Removed(1)), new MemberView(Set.of(20L), List.of(), true, HISTORY)));
        becomesQuiet(shard);
        assertTrue(reader.wakes > 0, "it is told to look");
        Step.Missed missed = assertInstanceOf(Step.Missed.class, reader.next());
        assertEquals(Reason.PRODUCER_LOST, missed.gaps().get(0).reason());
    }

    /** Rings until nothing is due any more. {@return whether that is so} */
    private boolean becomesQuiet(ShardDriver shard) {
        for (int rings = 0; rings < 100 && timerNs != Long.MAX_VALUE; rings++) {
            nowNs = Math.max(nowNs, timerNs);
            timerNs = Long.MAX_VALUE;
            shard.onTime();
        }
        return timerNs == Long.MAX_VALUE;
    }
}
