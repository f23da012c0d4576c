package dev.gapless.internal.node;

import static dev.gapless.internal.time.Clock.nowNs;

import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.Loss;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.node.Quota;
import dev.gapless.core.node.Shard;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Packet;
import dev.gapless.internal.measure.Claim;
import dev.gapless.internal.measure.Count;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.publish.ProducerLogs;
import dev.gapless.internal.report.GivenUps;
import dev.gapless.internal.report.LossLog;
import dev.gapless.internal.report.LossLogs;
import dev.gapless.internal.report.Losses;
import dev.gapless.internal.shard.ServedTopic;
import dev.gapless.internal.shard.ShardDriver;
import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Deadlines;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The actor of one shard: a share of the topics, each always with the same one. There are a few shards however many topics there
 * are. The shards of other nodes write to it directly. It passes on what comes to its {@link ShardDriver}, and logs what is missed.
 *
 * <p>All deadlines share one timer ({@link Deadlines}): a topic at rest has none, and is not looked at.
 */
final class ShardActor extends AbstractBehavior<Object> implements ShardDriver.Place {

    private enum Signal implements NoSerializationVerificationNeeded {
        TIMER
    }

    private record LossesDue(LossLogs.Key key) implements NoSerializationVerificationNeeded {}

    /** A producer was made on this node. */
    record Produce(ProducerLog local) implements NoSerializationVerificationNeeded {}

    /** There may be something new in the log. */
    private record Look(ServedTopic topic) implements NoSerializationVerificationNeeded {}

    record FromNode(ToShard message) implements NoSerializationVerificationNeeded {}

    record Open(String topic, long id, Opening opening, SubscriptionListener listener)
            implements NoSerializationVerificationNeeded {}

    record Close(String topic, long id) implements NoSerializationVerificationNeeded {}

    private record Stored(String topic, StoreAnswer answer) implements NoSerializationVerificationNeeded {}

    private record FromSubscription(String topic, Feedback feedback) implements NoSerializationVerificationNeeded {}

    record AskStanding(int shard, Consumer<Standing> to) implements NoSerializationVerificationNeeded {}

    /**
     * What it answers.
     *
     * @param awaited {@link Shard#awaitedNodes}
     * @param allRead {@link Shard#isAllRead}
     */
    record Standing(int shard, Set<String> awaited, boolean allRead) implements NoSerializationVerificationNeeded {}

    record Report(CompletableFuture<Statuses> to) implements NoSerializationVerificationNeeded {}

    /** By topic. */
    record Statuses(Map<String, ProducerStatus> producers, Map<String, ConsumerStatus> consumers) {}

    /**
     * What a shard shares with others of its node. Thread-safe.
     *
     * @param gate of the logs of this shard
     * @param stores where durable logs are
     * @param node tells the node
     * @param fenced is told that another incarnation has opened a topic's log
     * @param sessions numbers for the sessions of this process
     * @param consumers how many topics have one
     */
    record Shared(
            ProducerLogs logs,
            LogStores stores,
            Gate gate,
            Settings settings,
            long uid,
            MemberActors peers,
            NodeStats stats,
            GivenUps givenUps,
            Consumer<ToNode> node,
            Consumer<String> fenced,
            AtomicLong sessions,
            Quota consumers) {}

    private final Shared shared;
    private final LossLogs losses;
    private final TimerScheduler<Object> timers;
    private final ShardDriver driver;
    /** Topics whose store has failed since it last wrote. */
    private final Set<String> failing = new HashSet<>();

    /** The name of the shard's actor, below the node actor. */
    static String nameOf(int shard) {
        return "shard-" + shard;
    }

    static Behavior<Object> create(Shared shared) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new ShardActor(context, timers, shared)));
    }

    private ShardActor(ActorContext<Object> context, TimerScheduler<Object> timers, Shared shared) {
        super(context);
        this.shared = shared;
        this.timers = timers;
        Duration interval = shared.settings().lossLogInterval;
        this.losses = new LossLogs(
                context.getLog(), interval, key -> timers.startSingleTimer(key, new LossesDue(key), interval));
        this.driver = new ShardDriver(
                this,
                shared.uid(),
                shared.settings()::topic,
                shared.gate(),
                shared.sessions()::incrementAndGet,
                RandomGenerator.getDefault(),
                shared.consumers());
    }

    @SuppressWarnings("serial") // javac warns of lambdas in any package below "internal"; none is ever serialized
    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(Message.class, message -> did(() -> driver.onMessage(message)))
                .onMessage(Stored.class, stored -> did(() -> onStored(stored)))
                .onMessage(Look.class, look -> did(() -> driver.look(look.topic())))
                .onMessageEquals(Signal.TIMER, () -> did(driver::onTime))
                .onMessage(FromSubscription.class, this::onFeedback)
                .onMessage(FromNode.class, announced -> did(() -> driver.onNode(announced.message())))
                .onMessage(Produce.class, produce -> did(() -> driver.produce(produce.local())))
                .onMessage(Open.class, this::onOpen)
                .onMessage(Close.class, close -> did(() -> driver.close(close.topic(), close.id())))
                .onMessage(LossesDue.class, due -> did(() -> losses.tellMore(due.key(), nowNs())))
                .onMessage(Report.class, this::onReport)
                .onMessage(AskStanding.class, ask -> did(() -> onAskStanding(ask)))
                .build();
    }

    private Behavior<Object> did(Runnable what) {
        what.run();
        return this;
    }

    private Behavior<Object> onOpen(Open open) {
        ActorRef<Object> self = getContext().getSelf();
        driver.open(
                open.topic(),
                open.id(),
                open.opening(),
                open.listener(),
                feedback -> self.tell(new FromSubscription(open.topic(), feedback)));
        return this;
    }

    private Behavior<Object> onFeedback(FromSubscription command) {
        String topic = command.topic();
        if (command.feedback() instanceof Feedback.Announced announced) {
            onAnnounced(topic, announced);
        } else if (command.feedback() instanceof Feedback.WrongClasses wrong) {
            losses.of(topic, LossLogs.Place.WRONG_CLASS)
                    .log(
                            LossLogs.Place.WRONG_CLASS,
                            () -> Losses.ofWrongClass(topic, nameOf(shared.uid()), wrong),
                            nowNs());
        } else if (command.feedback() instanceof Feedback.Violated violated) {
            onViolated(topic, violated);
        } else {
            driver.onFeedback(topic, command.feedback());
        }
        return this;
    }

    private void onAnnounced(String topic, Feedback.Announced announced) {
        List<Gap> gaps = announced.gaps();
        Feedback.Keys keys = announced.keys();
        for (int i = 0; i < gaps.size(); i++) {
            Gap gap = gaps.get(i);
            Claim claim = announced.claimed().get(i);
            LossLog log =
                    losses.of(topic, claim == Claim.NOTHING ? LossLogs.Place.SUBSCRIPTIONS : LossLogs.Place.CLAIMS);
            String before = Objects.equals(gap.node(), keys.node()) ? keys.before() : null;
            String last = keys.last().get(i).orElse(null);
            if (claim != Claim.STREAM) {
                boolean counts = claim == Claim.NOTHING;
                keep(
                        topic,
                        gap.node(),
                        nameOf(shared.uid()),
                        announced,
                        gap.reason(),
                        counts ? gap.firstMissing() : null,
                        counts ? gap.missed() : null);
            }
            log.log(
                    gap.reason(),
                    () -> Losses.ofSubscription(
                            topic,
                            shared.peers().described(gap.node()),
                            nameOf(shared.uid()),
                            announced.id(),
                            announced.client(),
                            gap,
                            claim,
                            before,
                            last),
                    nowNs());
        }
    }

    /**
     * Keeps it for the status.
     *
     * @param told the subscription that is told; null if it is a node
     */
    private void keep(
            String topic,
            @Nullable String producer,
            String consumer,
            Feedback.@Nullable Announced told,
            Reason reason,
            @Nullable Long first,
            @Nullable Long missed) {
        shared.stats()
                .losses()
                .add(new Loss(
                        Instant.ofEpochMilli(Clock.nowMs()),
                        topic,
                        producer,
                        consumer,
                        told == null ? 0 : 1,
                        told == null ? 0 : told.id(),
                        told == null ? null : told.client(),
                        reason,
                        first,
                        missed));
    }

    private void onViolated(String topic, Feedback.Violated violated) {
        getContext()
                .getLog()
                .error(
                        "Topic {}: subscription {} on node {} came to a message that does not follow what it has. It is told to"
                                + " reload (POSITION_UNKNOWN). This is a defect of Gapless: please report it, with this node's"
                                + " log. Further ones are counted in gapless_order_violations_total",
                        topic,
                        violated.id(),
                        nameOf(shared.uid()));
    }

    private Behavior<Object> onReport(Report command) {
        command.to().complete(new Statuses(driver.producers(this::nameOf), driver.consumers()));
        return this;
    }

    private void onAskStanding(AskStanding ask) {
        Shard shard = driver.shard();
        ask.to().accept(new Standing(ask.shard(), shard.awaitedNodes(), shard.isAllRead()));
    }

    // ------------------------------------------------------------------ what the driver needs

    @Override
    public String nameOf(long uid) {
        return shared.peers().nameOf(uid);
    }

    @Override
    public Clock clock() {
        return Clock.SYSTEM;
    }

    @Override
    public void send(long toUid, Packet packet) {
        shared.peers().send(toUid, packet);
    }

    @Override
    public void tellNode(ToNode message) {
        shared.node().accept(message);
    }

    @Override
    public void startTimer(long afterNs) {
        timers.startSingleTimer(Signal.TIMER, Signal.TIMER, Duration.ofNanos(afterNs));
    }

    @Override
    public Runnable looker(ServedTopic topic) {
        Look look = new Look(topic);
        ActorRef<Object> self = getContext().getSelf();
        return () -> self.tell(look);
    }

    @Override
    public @Nullable ProducerLog producer(String topic) {
        try {
            return shared.logs().of(topic);
        } catch (IllegalStateException e) {
            getContext().getLog().error("A registration is not answered. {}", e.getMessage());
            return null;
        }
    }

    @Override
    public boolean drop(ProducerLog producer) {
        return shared.logs().drop(producer);
    }

    @Override
    public void store(String topic, StoreRequest request) {
        ActorRef<Object> self = getContext().getSelf();
        TopicMeasure stats = stats(topic);
        long beginNs = nowNs();
        shared.stores().request(topic, request, answer -> {
            if (answer instanceof StoreAnswer.Stored) {
                stats.add(Count.STORE_WRITES, 1);
                stats.add(Count.STORE_WRITES_NS, nowNs() - beginNs);
            } else if (answer instanceof StoreAnswer.Failed || answer instanceof StoreAnswer.Damaged) {
                stats.add(Count.STORE_FAILURES, 1);
            }
            self.tell(new Stored(topic, answer));
        });
    }

    private void onStored(Stored stored) {
        String topic = stored.topic();
        if (stored.answer() instanceof StoreAnswer.Failed failed && failing.add(topic)) {
            getContext()
                    .getLog()
                    .warn(
                            "Topic {}: its store on node {} does not work, and is tried again (gapless.store-backoff); publishes wait"
                                    + " meanwhile. {}",
                            topic,
                            nameOf(shared.uid()),
                            failed.why());
        } else if (stored.answer() instanceof StoreAnswer.Stored && failing.remove(topic)) {
            getContext().getLog().info("Topic {}: its store works again", topic);
        }
        driver.onStore(topic, stored.answer());
    }

    @Override
    public void logBroken(String topic, String why) {
        getContext()
                .getLog()
                .error(
                        "Topic {}: what the store of node {} has of it cannot be used: {}. Nothing is published to it here, and readers"
                                + " wait. Put a copy of the store back, or repair it (gapless journal repair), and start this node again",
                        topic,
                        nameOf(shared.uid()),
                        why);
    }

    @Override
    public void logFenced(String topic) {
        shared.fenced().accept(topic);
    }

    @Override
    public TopicMeasure stats(String topic) {
        return shared.stats().topic(topic);
    }

    @Override
    public void missed(Effect.Missed missed) {
        losses.of(missed.topic(), LossLogs.Place.FEED)
                .log(
                        missed.reason(),
                        () -> Losses.ofFeed(
                                missed.topic(),
                                shared.peers().described(missed.node()),
                                nameOf(shared.uid()),
                                missed.reason(),
                                missed.lastPosition(),
                                missed.upTo()),
                        nowNs());
    }

    @Override
    public void moved(ProducerLog local, Effect.CursorMoved moved) {
        long first = moved.behind().orElse(-1) + 1;
        if (first > 0) {
            local.missed(nameOf(moved.session().uid()), moved.part(), first, moved.resumeAt() - 1);
        }
        boolean counts = first > 0 && moved.reader() == Message.SHARED_READER; // another one may be where a client says
        keep(
                moved.topic(),
                nameOf(shared.uid()),
                nameOf(moved.session().uid()),
                null,
                moved.reason(),
                counts ? (Long) first : null,
                counts ? (Long) (moved.resumeAt() - first) : null);
        losses.of(moved.topic(), LossLogs.Place.CURSOR)
                .log(
                        moved.reason(),
                        () -> Losses.ofCursor(
                                moved.topic(),
                                nameOf(shared.uid()),
                                nameOf(moved.session().uid()),
                                moved.reason(),
                                moved.part(),
                                first,
                                moved.resumeAt(),
                                local.log()),
                        nowNs());
    }

    @Override
    public void producerEnded(String topic) {
        failing.remove(topic);
        losses.close(topic, LossLogs.Place.CURSOR);
    }

    @Override
    public void givenUp(String topic, Set<String> producers) {
        shared.givenUps().of(topic, producers);
    }

    @Override
    public void consumerEnded(String topic) {
        losses.close(topic, LossLogs.Place.FEED);
        losses.close(topic, LossLogs.Place.SUBSCRIPTIONS);
        losses.close(topic, LossLogs.Place.CLAIMS);
        losses.close(topic, LossLogs.Place.WRONG_CLASS);
    }
}
