package dev.gapless.internal.node;

import dev.gapless.NodeStatus;
import dev.gapless.core.Now;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.core.node.Quota;
import dev.gapless.core.node.Shard;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.publish.NeverPublished;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.publish.ProducerLogs;
import dev.gapless.internal.report.GivenUps;
import dev.gapless.internal.report.SlowHandlers;
import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.TakeOver;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.table.Tables;
import dev.gapless.internal.takeover.StandIns;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.wire.OtherVersion;
import dev.gapless.internal.wire.StatusMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The actor of a {@link dev.gapless.core.node.Node}, at {@code /system/gapless}. What is of a topic goes from shard to shard, once the
 * nodes have told each other how to reach these.
 *
 * <pre>
 *   other shards ───────── Message ──────────────────────► ShardActor of the topic: Shard ──► Peers ──► other shards
 *                                                              ▲ ToShard, ToNode ▼
 *   other node actors ──── Hello, Ping … ──► NodeActor: Node ──┴──► Peers ──► other node actors
 *   Cluster events, application ──►
 * </pre>
 *
 * <p>It decides nothing: it hands the node what comes, and carries out what the node wants.
 */
final class NodeActor extends AbstractBehavior<Object> implements NodeEffects.Actor {

    /** A producer was made on this node. */
    record Produce(ProducerLog local) implements NoSerializationVerificationNeeded {}

    record Subscribe(String topic, long id, Opening opening, SubscriptionListener listener)
            implements NoSerializationVerificationNeeded {}

    record Unsubscribe(String topic, long id) implements NoSerializationVerificationNeeded {}

    record AskStatus(Duration timeout, CompletableFuture<List<NodeStatus>> statuses)
            implements NoSerializationVerificationNeeded {}

    /** The node shuts down. */
    record Leave(CompletableFuture<Done> left) implements NoSerializationVerificationNeeded {}

    private record FromShard(int shard, ToNode message) implements NoSerializationVerificationNeeded {}

    /** A later incarnation of this node has opened the topic's log. */
    private record Fenced(String topic) implements NoSerializationVerificationNeeded {}

    private enum Signal implements NoSerializationVerificationNeeded {
        TIME,
        LOOK,
        LOOK_FOR_PUBLISHES,
        LOOK_OUT,
        STILL_ALONE
    }

    private final ProducerLogs logs;
    private final Removal removal;
    private final Settings settings;
    private final NodeSettings self;
    private final Outbox outbox = new Outbox();
    private final dev.gapless.core.node.Node node;
    private final MemberActors peers = new MemberActors();
    private final ClusterMembers members;
    /** How many topics are subscribed to on this node. */
    private final Quota consumers;

    private final List<ActorRef<Object>> shards;
    private final TimerScheduler<Object> timers;
    private final StatusService statusService;
    private final OtherClusterNotice otherClusters;
    private final StoreOpening storeOpening;
    private final NodeEffects effects;
    private final NodeStats stats;
    private final SlowHandlers slowHandlers;
    private final NeverPublished neverPublished;
    private final OtherVersions otherVersions = new OtherVersions();
    private final boolean standsIn;
    /** Null if it neither stands in for a node, nor would run who does. */
    private final @Nullable Lookout lookout;

    private @Nullable CompletableFuture<Done> left;
    private long timerNs = Long.MAX_VALUE;
    private boolean failed;

    static Behavior<Object> create(
            ProducerLogs logs,
            StoreOpening.Begun store,
            Settings settings,
            long uid,
            String name,
            OtherClusterSettings otherClusters,
            NodeStats stats,
            Tables tables,
            GivenUps givenUps,
            Removal removal,
            @Nullable StandIns standIns,
            Executor completions) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new NodeActor(
                context,
                timers,
                logs,
                store,
                settings,
                uid,
                name,
                otherClusters,
                stats,
                tables,
                givenUps,
                removal,
                standIns,
                completions)));
    }

    private NodeActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            ProducerLogs logs,
            StoreOpening.Begun store,
            Settings settings,
            long uid,
            String name,
            OtherClusterSettings otherClusters,
            NodeStats stats,
            Tables tables,
            GivenUps givenUps,
            Removal removal,
            @Nullable StandIns standIns,
            Executor completions) {
        super(context);
        context.setLoggerName(NodeActor.class); // found by itself it would be Pekko's own
        this.timers = timers;
        this.logs = logs;
        this.removal = removal;
        this.settings = settings;
        this.consumers = new Quota(settings.maxTopics);
        this.shards = spawnShards(uid, store.stores(), stats, givenUps);
        List<Integer> actors = new ArrayList<>(List.of(context.getSelf().path().uid()));
        shards.forEach(shard -> actors.add(shard.path().uid()));
        Cluster cluster = Cluster.get(Adapter.toClassic(context.getSystem()));
        this.standsIn = ClusterMembers.standsIn(cluster.selfMember());
        this.self = new NodeSettings(
                uid,
                name,
                actors,
                context.getSystem().startTime(),
                settings.shards,
                settings.pingInterval.toNanos(),
                settings.cursorRetention.toNanos(),
                NodeSettings.HELLO_BACKOFF,
                settings.history,
                settings.stores(),
                ClusterMembers.isSingle(cluster.selfMember()),
                settings.publishes(),
                otherClusters);
        this.node = new dev.gapless.core.node.Node(self, logs::refuseMessages, outbox, now());
        this.members = new ClusterMembers(
                self.uid(),
                settings.role,
                node,
                peers,
                context,
                shards,
                () -> cluster.sendCurrentClusterState(Adapter.toClassic(context.getSelf())));
        this.stats = stats;
        this.slowHandlers = new SlowHandlers(name, stats, settings.slowHandlerWarning, settings.dispatcher);
        this.neverPublished = new NeverPublished(name, logs, settings.neverPublishedWarning);
        this.statusService = new StatusService(
                uid,
                name,
                otherClusters.address(),
                standsIn,
                peers,
                context.getSelf()::tell,
                stats,
                new WaitingForStore(stats, settings::topic),
                tables::reports,
                completions);
        this.otherClusters = new OtherClusterNotice(otherClusters, node, stats, context.getSystem(), context::getLog);
        this.storeOpening = new StoreOpening(
                store,
                settings.topic("").storeBackoff(),
                node,
                context.getSelf()::tell,
                timers,
                NodeActor::now,
                context::getLog);
        this.effects = new NodeEffects(
                this,
                node,
                name,
                settings.cursorRetention,
                peers,
                members,
                shards,
                Courier.to(context),
                this.otherClusters,
                storeOpening,
                context::getLog);
        this.lookout = lookout(store.stores(), standIns);
        ActorRef<Object> actor = context.getSelf();
        cluster.subscribe(
                Adapter.toClassic(actor),
                ClusterEvent.initialStateAsSnapshot(),
                ClusterEvent.MemberEvent.class,
                ClusterEvent.ReachabilityEvent.class,
                ClusterEvent.ClusterShuttingDown$.class);
        timers.startTimerWithFixedDelay(Signal.LOOK, slowHandlers.interval());
        if (settings.publishes() && !settings.neverPublishedWarning.isZero()) {
            timers.startTimerWithFixedDelay(Signal.LOOK_FOR_PUBLISHES, settings.neverPublishedWarning);
        }
        if (lookout != null) {
            timers.startTimerWithFixedDelay(Signal.LOOK_OUT, Lookout.INTERVAL);
        }
        settle();
    }

    private @Nullable Lookout lookout(LogStores stores, @Nullable StandIns standIns) {
        if (standsIn) {
            Duration lifetime = stores.takeOver().map(TakeOver::lifetime).orElse(Duration.ZERO);
            StandInEnd end = new StandInEnd(lifetime, settings.longestAsking(), Clock.nowNs(), this::endStandIn);
            return lookout((awaited, allRead) -> end.look(allRead && node.isUp(), Clock.nowNs()));
        } else if (standIns != null) {
            return lookout((awaited, allRead) -> {
                awaited.removeIf(name -> name.equals(self.name()) || node.hasOneCalled(name));
                standIns.look(awaited, node.olderMembers(), Clock.nowNs());
            });
        }
        return null;
    }

    private Lookout lookout(Lookout.Listener listener) {
        return new Lookout(shards, getContext().getSelf()::tell, listener);
    }

    private List<ActorRef<Object>> spawnShards(long uid, LogStores stores, NodeStats stats, GivenUps givenUps) {
        List<ActorRef<Object>> spawned = new ArrayList<>();
        AtomicLong sessions = new AtomicLong();
        ActorRef<Object> actor = getContext().getSelf();
        for (int i = 0; i < settings.shards; i++) {
            int index = i;
            ShardActor.Shared shared = new ShardActor.Shared(
                    logs,
                    stores,
                    logs.gate(i),
                    settings,
                    uid,
                    peers,
                    stats,
                    givenUps,
                    message -> actor.tell(new FromShard(index, message)),
                    topic -> actor.tell(new Fenced(topic)),
                    sessions,
                    consumers);
            ActorRef<Object> shard = getContext()
                    .spawn(ShardActor.create(shared), ShardActor.nameOf(i), DispatcherSelector.sameAsParent());
            getContext().watch(shard);
            spawned.add(shard);
        }
        return List.copyOf(spawned);
    }

    private static Now now() {
        return new Now(Clock.nowMs(), Clock.nowNs());
    }

    @SuppressWarnings("serial") // javac warns of lambdas in any package below "internal"; none is ever serialized
    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(Message.class, this::onMessage)
                .onMessage(NodeMessage.class, message -> did(() -> node.onMessage(message, now())))
                .onMessage(Courier.Delivered.class, to -> did(() -> node.listens(to.address(), now())))
                .onMessage(OtherVersion.class, message -> did(() -> otherVersions.met(message, log())))
                .onMessage(FromShard.class, told -> did(() -> node.onShard(told.shard(), told.message(), now())))
                .onMessage(Fenced.class, fenced -> did(() -> onFenced(fenced.topic())))
                .onMessage(StoreOpening.Message.class, message -> did(() -> storeOpening.on(message)))
                .onMessage(Produce.class, this::onProduce)
                .onMessage(Subscribe.class, this::onSubscribe)
                .onMessage(Unsubscribe.class, this::onUnsubscribe)
                .onMessage(ClusterEvent.CurrentClusterState.class, state -> did(() -> members.onState(state, now())))
                .onMessage(
                        ClusterEvent.MemberEvent.class,
                        event -> did(() -> members.onMember(event, now(), () -> outbox.drain(effects))))
                .onMessage(ClusterEvent.ReachabilityEvent.class, event -> did(() -> members.onReachability(event)))
                .onMessage(ClusterEvent.ClusterShuttingDown$.class, event -> did(this::onClusterEnd))
                .onMessageEquals(Signal.TIME, this::onTime)
                .onMessageEquals(Signal.LOOK, this::onLookTime)
                .onMessageEquals(Signal.LOOK_FOR_PUBLISHES, this::onLookForPublishes)
                .onMessageEquals(Signal.STILL_ALONE, this::onStillAlone)
                .onMessageEquals(Signal.LOOK_OUT, this::onLookOut)
                .onMessage(ShardActor.Standing.class, this::onStanding)
                .onMessage(AskStatus.class, this::onAskStatus)
                .onMessage(StatusMessage.Request.class, this::onStatusRequest)
                .onMessage(StatusMessage.Reply.class, this::onStatusReply)
                .onMessage(Leave.class, leave -> did(() -> onLeave(leave)))
                .onSignal(ChildFailed.class, failure -> did(() -> onChildFailed(failure)))
                .onSignal(PostStop.class, stop -> onStop())
                .build();
    }

    /** An input to the node, and what follows from it. */
    private Behavior<Object> did(Runnable input) {
        input.run();
        settle();
        return this;
    }

    private void settle() {
        outbox.drain(effects);
        long dueNs = node.deadlineNs();
        if (timerNs == Long.MAX_VALUE || dueNs - timerNs < 0) {
            timerNs = dueNs;
            timers.startSingleTimer(
                    Signal.TIME, Signal.TIME, Duration.ofNanos(Math.max(1_000_000, dueNs - Clock.nowNs())));
        }
    }

    private Behavior<Object> onTime() {
        timerNs = Long.MAX_VALUE;
        did(() -> node.onTime(now()));
        otherClusters.count();
        return this;
    }

    // ------------------------------------------------------------------ topics

    private ActorRef<Object> shardOf(String topic) {
        return shards.get(Shard.indexOf(topic, shards.size()));
    }

    /** From a node to which this one has not introduced itself yet. */
    private Behavior<Object> onMessage(Message message) {
        shardOf(message.topic()).tell(message);
        return this;
    }

    private Behavior<Object> onProduce(Produce command) {
        shardOf(command.local().topic()).tell(new ShardActor.Produce(command.local()));
        return this;
    }

    private Behavior<Object> onSubscribe(Subscribe command) {
        shardOf(command.topic())
                .tell(new ShardActor.Open(command.topic(), command.id(), command.opening(), command.listener()));
        if (!node.isUp() && !timers.isTimerActive(Signal.STILL_ALONE)) {
            timers.startSingleTimer(
                    Signal.STILL_ALONE,
                    Duration.ofNanos(settings.topic(command.topic()).readyTimeoutNs()));
        }
        return this;
    }

    /** Who waits for a cluster that nobody joins waits for ever, so that much is said. */
    private Behavior<Object> onStillAlone() {
        if (!node.isUp() && consumers.taken() > 0) {
            log().warn(
                            "This node is not a member of a cluster yet, and its subscriptions wait until it is. Does it join one"
                                    + " (pekko.cluster.seed-nodes, or Cluster.get(system).join), and does that let it in? The logger"
                                    + " org.apache.pekko.stream.Materializer, at WARN, says why a link does not come up");
        }
        return this;
    }

    private Behavior<Object> onUnsubscribe(Unsubscribe command) {
        shardOf(command.topic()).tell(new ShardActor.Close(command.topic(), command.id()));
        return this;
    }

    // ------------------------------------------------------------------ effects

    @Override
    public void left(boolean complete) {
        if (!complete) {
            log().warn("Gapless leaves before all consumers had everything (gapless.drain-timeout);"
                    + " they are told that this producer is lost");
        }
        if (left != null) {
            left.complete(Done.getInstance());
        }
    }

    // ------------------------------------------------------------------ status

    private Behavior<Object> onLookTime() {
        slowHandlers.look(System.nanoTime());
        stats.look(System.nanoTime());
        return this;
    }

    private Behavior<Object> onLookForPublishes() {
        if (neverPublished.look()) {
            timers.cancel(Signal.LOOK_FOR_PUBLISHES);
        }
        return this;
    }

    private Behavior<Object> onLookOut() {
        if (lookout != null) {
            lookout.look();
        }
        return this;
    }

    private Behavior<Object> onStanding(ShardActor.Standing standing) {
        if (lookout != null) {
            lookout.on(standing);
        }
        return this;
    }

    private Behavior<Object> onAskStatus(AskStatus command) {
        statusService.ask(node.named(), command.timeout(), command.statuses());
        return this;
    }

    private Behavior<Object> onStatusRequest(StatusMessage.Request request) {
        if (request.toUid() == self.uid()) {
            statusService.answer(request, shards, otherClusters.seen());
        }
        return this;
    }

    private Behavior<Object> onStatusReply(StatusMessage.Reply reply) {
        statusService.onReply(reply);
        return this;
    }

    // ------------------------------------------------------------------ the end

    private void onLeave(Leave command) {
        left = command.left();
        node.leave(now());
    }

    /** This node is no member any more, and never will be again: it was downed. Told before the members go, of whose end nothing follows here. */
    private void onClusterEnd() {
        if (!node.isLeaving()) {
            removal.clusterEnded();
            logs.refuseMessages();
            logs.endReceipts();
            node.end();
        }
    }

    /** A shard that fails has lost what the protocol builds on: better an end that everybody sees than silence. */
    private void onChildFailed(ChildFailed failure) {
        ActorRef<?> failed = failure.getRef();
        String name = failed.path().name();
        fail("Gapless failed on this node (" + name + "): " + failure.cause()
                + ". This is a defect of Gapless. This node shuts down, so that nothing is lost in silence");
        node.shardFailed(shards.indexOf(failed));
    }

    private void onFenced(String topic) {
        if (standsIn) {
            endStandIn("the node has opened its store");
            return;
        }
        fail("A later incarnation of node " + self.name() + " has opened the stored log of topic " + topic
                + ": this one publishes no more. Give each node its own gapless.node-name. This node shuts down");
    }

    @Override
    public void nameTaken(long olderUid) {
        if (standsIn) {
            endStandIn("another member has its name");
            return;
        }
        fail("The member at " + members.addressOf(olderUid) + " has the same node name, '" + self.name()
                + "'. Give each node its own gapless.node-name. This node shuts down");
    }

    private void endStandIn(String why) {
        if (!failed) {
            failed = true;
            log().info("The stand-in for node {} ends: {}", self.name(), why);
            CoordinatedShutdown.get(getContext().getSystem()).runAll(new StandInEnd.Reason(why));
        }
    }

    private Behavior<Object> onStop() {
        logs.refuseMessages(); // the shards, which close the logs of a node that leaves, have stopped, too
        logs.abandon();
        logs.endReceipts();
        if (!node.isLeaving()) {
            fail(
                    "Gapless has stopped on this node, without having been told to; the log tells why. This node shuts down, so"
                            + " that nothing is lost in silence");
        }
        return this;
    }

    private Logger log() {
        return getContext().getLog();
    }

    @Override
    public void fail(String why) {
        if (failed) {
            return;
        }
        failed = true;
        logs.refuseMessages();
        log().error(why);
        CoordinatedShutdown.get(getContext().getSystem()).runAll(new Failed(why));
    }
}
