package dev.gapless.internal;

import dev.gapless.NodeStatus;
import dev.gapless.core.Backoff;
import dev.gapless.core.member.Pulses;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.Pulse;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import dev.gapless.core.wire.Withdrawal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * A node's place in the protocol, at {@code /system/gapless}: what comes from other nodes comes here, and goes on to the
 * {@link Lane} of its topic; what the producers and consumers there send goes straight to the other node's hub.
 *
 * <pre>
 *   other hubs ──► Hub ──┬─ ToProducer ──► Lane of the topic: ProducerHost ──► Peers ──► other hubs
 *   Cluster events ──►   ├─ ToConsumer ──► Lane of the topic: ConsumerHost ──► Peers
 *   application ──►      └─ members, silence ──► all lanes
 * </pre>
 *
 * <p>It follows the membership, with its {@link Roster}, and the pulses; what they mean is decided in {@code Membership},
 * {@link Pulses}, and in the producers and consumers.
 */
final class Hub extends AbstractBehavior<Object> {

    /** A producer was made on this node. */
    record Produce(LocalProducer local) {}

    record Subscribe(String topic, long id, Opening opening, SubscriptionListener listener) {}

    record Unsubscribe(String topic, long id) {}

    record AskStatus(Duration timeout, CompletableFuture<List<NodeStatus>> statuses) {}

    /** The node shuts down. */
    record Leave(CompletableFuture<Done> left) {}

    private record ConsumersClosed(CompletableFuture<Done> left) {}

    private enum Signal {
        PULSE,
        HELLO,
        LOOK,
        STILL_ALONE
    }

    private static final Backoff HELLO_BACKOFF = new Backoff(200_000_000L, 10_000_000_000L);

    private final GaplessNode node;
    private final Settings settings;
    private final long uid;
    private final String name;
    private final Roster roster;
    private final Pulses pulses;
    private final Peers peers = new Peers();
    /** How many topics are subscribed to on this node. */
    private final AtomicInteger consumers = new AtomicInteger();

    private final List<ActorRef<Lane.Command>> lanes;
    private final TimerScheduler<Object> timers;
    private final StatusDesk statusDesk;
    private final SlowHandlers slowHandlers;
    private final Set<String> failedLanes = new HashSet<>();
    private int hellos;
    private boolean leaving;
    private boolean failed;

    static Behavior<Object> create(
            GaplessNode node,
            Settings settings,
            long uid,
            String name,
            String address,
            NodeStats stats,
            Executor completions) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Hub(context, timers, node, settings, uid, name, address, stats, completions)));
    }

    private Hub(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            GaplessNode node,
            Settings settings,
            long uid,
            String name,
            String address,
            NodeStats stats,
            Executor completions) {
        super(context);
        context.setLoggerName(Hub.class); // found by itself it would be Pekko's own
        this.timers = timers;
        this.node = node;
        this.settings = settings;
        this.uid = uid;
        this.roster = new Roster(uid, name, settings.role, peers, this::tellLanes, context);
        this.pulses = new Pulses(uid, settings.pulseInterval.toNanos(), settings.cursorRetention.toNanos());
        this.name = name;
        this.slowHandlers = new SlowHandlers(name, stats, settings.slowHandlerWarning, settings.dispatcher);
        this.statusDesk = new StatusDesk(uid, name, address, peers, completions);
        Cluster cluster = Cluster.get(context.getSystem());
        this.lanes = spawnLanes(new Lane.Shared(node, settings, uid, peers, stats, new AtomicLong(), consumers));
        ActorRef<Object> self = context.getSelf();
        cluster.subscriptions()
                .tell(org.apache.pekko.cluster.typed.Subscribe.create(
                        self.unsafeUpcast(), ClusterEvent.MemberEvent.class));
        cluster.subscriptions()
                .tell(org.apache.pekko.cluster.typed.Subscribe.create(
                        self.unsafeUpcast(), ClusterEvent.ReachabilityEvent.class));
        cluster.subscriptions()
                .tell(org.apache.pekko.cluster.typed.Subscribe.create(
                        self.unsafeUpcast(), ClusterEvent.ClusterShuttingDown$.class));
        timers.startTimerWithFixedDelay(Signal.PULSE, settings.pulseInterval);
        timers.startTimerWithFixedDelay(Signal.LOOK, slowHandlers.interval());
    }

    private List<ActorRef<Lane.Command>> spawnLanes(Lane.Shared shared) {
        List<ActorRef<Lane.Command>> spawned = new ArrayList<>();
        for (int i = 0; i < settings.lanes; i++) {
            ActorRef<Lane.Command> lane =
                    getContext().spawn(Lane.create(shared), "lane-" + i, DispatcherSelector.sameAsParent());
            getContext().watch(lane);
            spawned.add(lane);
        }
        return List.copyOf(spawned);
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder()
                .onMessage(ToConsumer.class, this::onToConsumer)
                .onMessage(ToProducer.class, this::onToProducer)
                .onMessage(Pulse.class, this::onPulse)
                .onMessage(Hello.class, this::onHello)
                .onMessage(Withdrawal.class, this::onWithdrawal)
                .onMessage(Produce.class, this::onProduce)
                .onMessage(Subscribe.class, this::onSubscribe)
                .onMessage(Unsubscribe.class, this::onUnsubscribe)
                .onMessage(ClusterEvent.MemberEvent.class, this::onMember)
                .onMessage(ClusterEvent.ReachabilityEvent.class, this::onReachability)
                .onMessage(ClusterEvent.ClusterShuttingDown$.class, event -> onClusterEnd())
                .onMessageEquals(Signal.PULSE, this::onPulseTime)
                .onMessageEquals(Signal.HELLO, this::onHelloTime)
                .onMessageEquals(Signal.LOOK, this::onLookTime)
                .onMessageEquals(Signal.STILL_ALONE, this::onStillAlone)
                .onMessage(AskStatus.class, this::onAskStatus)
                .onMessage(StatusMessage.Request.class, this::onStatusRequest)
                .onMessage(StatusMessage.Reply.class, this::onStatusReply)
                .onMessage(Leave.class, this::onLeave)
                .onMessage(ConsumersClosed.class, this::onConsumersClosed)
                .onSignal(ChildFailed.class, this::onChildFailed)
                .onSignal(PostStop.class, stop -> onStop())
                .build();
    }

    // ------------------------------------------------------------------ producers and consumers

    private ActorRef<Lane.Command> laneOf(String topic) {
        return lanes.get(Math.floorMod(topic.hashCode(), lanes.size()));
    }

    private void tellLanes(Lane.Command command) {
        lanes.forEach(lane -> lane.tell(command));
    }

    private Behavior<Object> onToProducer(ToProducer message) {
        long from = message.session().uid();
        if (!roster.contains(from)) {
            return this; // no answer would find it; it asks again
        }
        if (message instanceof Register register) {
            if (register.toUid() != uid) {
                return this;
            }
            pulses.watch(from, System.nanoTime());
        }
        laneOf(message.topic()).tell(new Lane.FromReader(message));
        return this;
    }

    private Behavior<Object> onProduce(Produce command) {
        laneOf(command.local().topic).tell(new Lane.Produce(command.local()));
        return this;
    }

    private Behavior<Object> onToConsumer(ToConsumer message) {
        if (message.session().uid() == uid) { // else meant for another life at this address
            laneOf(message.topic()).tell(new Lane.FromProducer(message));
        }
        return this;
    }

    private Behavior<Object> onSubscribe(Subscribe command) {
        if (leaving) {
            command.listener().shutdown();
            return this;
        }
        laneOf(command.topic())
                .tell(new Lane.Open(command.topic(), command.id(), command.opening(), command.listener()));
        if (roster.isUp()) {
            watchAll();
        } else if (!timers.isTimerActive(Signal.STILL_ALONE)) {
            timers.startSingleTimer(
                    Signal.STILL_ALONE,
                    Duration.ofNanos(settings.topic(command.topic()).readyTimeoutNs()));
        }
        return this;
    }

    /** Who waits for a cluster that nobody joins waits for ever, so that much is said. */
    private Behavior<Object> onStillAlone() {
        if (!roster.isUp() && consumers.get() > 0) {
            getContext()
                    .getLog()
                    .warn(
                            "This node is not a member of a cluster yet, and its subscriptions wait until it is. Does it join one"
                                    + " (pekko.cluster.seed-nodes, or Cluster.get(system).join), and does that let it in?");
        }
        return this;
    }

    private Behavior<Object> onUnsubscribe(Unsubscribe command) {
        laneOf(command.topic()).tell(new Lane.Close(command.topic(), command.id()));
        return this;
    }

    // ------------------------------------------------------------------ members

    private Behavior<Object> onMember(ClusterEvent.MemberEvent event) {
        Member member = event.member();
        if (!roster.takesPart(member)) {
            return this;
        }
        if (event instanceof ClusterEvent.MemberRemoved) {
            long memberUid = member.uniqueAddress().longUid();
            pulses.unwatch(memberUid);
            roster.removed(memberUid);
        } else if (event instanceof ClusterEvent.MemberUp
                || event instanceof ClusterEvent.MemberLeft
                || event instanceof ClusterEvent.MemberExited) {
            if (roster.appeared(member)) {
                hellos = 0;
                onHelloTime();
                refuseNamesake();
            }
        }
        return this;
    }

    private Behavior<Object> onReachability(ClusterEvent.ReachabilityEvent event) {
        roster.onReachability(event);
        return this;
    }

    /** Asks members for their names until they have said them, ever more rarely. */
    private Behavior<Object> onHelloTime() {
        if (roster.askForNames()) {
            timers.startSingleTimer(Signal.HELLO, Duration.ofNanos(HELLO_BACKOFF.waitNs(hellos++)));
        }
        return this;
    }

    private Behavior<Object> onHello(Hello hello) {
        roster.onHello(hello);
        refuseNamesake();
        return this;
    }

    private Behavior<Object> onWithdrawal(Withdrawal withdrawal) {
        roster.onWithdrawal(withdrawal);
        return this;
    }

    /** Two members under one name would be one producer to everybody else: the younger one gives way. */
    private void refuseNamesake() {
        roster.olderNamesake().filter(other -> !failed).ifPresent(other -> {
            fail("The member at " + other.address().hostPort() + " has the same node name, '" + name
                    + "'. Give each node its own gapless.node-name. This node shuts down");
            if (!node.hasPublished()) {
                roster.withdraw();
            }
        });
    }

    // ------------------------------------------------------------------ pulses

    private Behavior<Object> onPulse(Pulse pulse) {
        if (roster.contains(pulse.fromUid())) {
            pulses.onPulse(pulse, System.nanoTime());
        }
        return this;
    }

    private Behavior<Object> onPulseTime() {
        if (consumers.get() > 0) {
            watchAll();
        }
        Pulses.Due due = pulses.onTime(System.nanoTime());
        due.pulses().forEach(pulse -> peers.send(pulse.toUid(), pulse));
        for (long forgotten : due.forgottenUids()) {
            getContext()
                    .getLog()
                    .warn(
                            "{} has not been heard of for {} s (gapless.cursor-retention), though it is a member: its cursors are dropped",
                            roster.nameOf(forgotten),
                            settings.cursorRetention.toSeconds());
            tellLanes(new Lane.Forgotten(forgotten));
            pulses.forgot(forgotten);
        }
        for (long silent : due.silentUids()) {
            tellLanes(new Lane.Silent(silent));
        }
        return this;
    }

    /** This node reads from all of them. */
    private void watchAll() {
        if (roster.isUp()) {
            for (long memberUid : roster.named()) {
                if (memberUid != uid) {
                    pulses.watch(memberUid, System.nanoTime());
                }
            }
        }
    }

    // ------------------------------------------------------------------ status

    private Behavior<Object> onLookTime() {
        slowHandlers.look(System.nanoTime());
        return this;
    }

    private Behavior<Object> onAskStatus(AskStatus command) {
        statusDesk.ask(roster.named(), command.timeout(), command.statuses());
        return this;
    }

    private Behavior<Object> onStatusRequest(StatusMessage.Request request) {
        if (request.toUid() == uid) {
            statusDesk.answer(request, lanes);
        }
        return this;
    }

    private Behavior<Object> onStatusReply(StatusMessage.Reply reply) {
        statusDesk.onReply(reply);
        return this;
    }

    // ------------------------------------------------------------------ the end

    private Behavior<Object> onLeave(Leave command) {
        whenAll(closeConsumers(), new ConsumersClosed(command.left()));
        return this;
    }

    private List<CompletableFuture<Boolean>> closeConsumers() {
        leaving = true;
        List<CompletableFuture<Boolean>> closed = new ArrayList<>();
        lanesAtWork().forEach(lane -> {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            lane.tell(new Lane.Shutdown(done));
            closed.add(done);
        });
        return closed;
    }

    /**
     * This node is no member any more, and never will be again: it was downed. With {@code run-coordinated-shutdown-when-down = off} its
     * actor system stays up. Told before the members go, of whose end nothing follows here.
     */
    private Behavior<Object> onClusterEnd() {
        if (!leaving) {
            getContext()
                    .getLog()
                    .warn(
                            "This node was removed from the cluster: its subscriptions end, and it takes no more messages."
                                    + " Start the actor system anew to join again");
            node.refuseMessages();
            closeConsumers();
        }
        return this;
    }

    private void whenAll(List<CompletableFuture<Boolean>> parts, Object then) {
        ActorRef<Object> self = getContext().getSelf();
        CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).thenRun(() -> self.tell(then));
    }

    private Behavior<Object> onConsumersClosed(ConsumersClosed command) {
        List<CompletableFuture<Boolean>> drained = new ArrayList<>();
        lanesAtWork().forEach(lane -> {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            lane.tell(new Lane.Leave(done));
            drained.add(done);
        });
        CompletableFuture.allOf(drained.toArray(CompletableFuture[]::new))
                .orTimeout(1, TimeUnit.MINUTES)
                .whenComplete((all, failure) -> {
                    if (drained.stream().anyMatch(d -> !d.getNow(false))) {
                        getContext()
                                .getSystem()
                                .log()
                                .warn("Gapless leaves before all consumers had everything (gapless.drain-timeout);"
                                        + " they are told that this producer is lost");
                    }
                    command.left().complete(Done.getInstance());
                });
        return this;
    }

    /** One that has failed answers nothing. */
    private List<ActorRef<Lane.Command>> lanesAtWork() {
        return lanes.stream()
                .filter(lane -> !failedLanes.contains(lane.path().name()))
                .toList();
    }

    /** A lane that fails has lost what the protocol builds on: better an end that everybody sees than silence. */
    private Behavior<Object> onChildFailed(ChildFailed failed) {
        fail("Gapless failed on this node (" + failed.getRef().path().name() + "): " + failed.cause()
                + ". This is a defect of Gapless. This node shuts down, so that nothing is lost in silence");
        failedLanes.add(failed.getRef().path().name());
        return this;
    }

    private Behavior<Object> onStop() {
        node.refuseMessages(); // the lanes, which close the logs of a node that leaves, have stopped, too
        if (!leaving) {
            fail(
                    "Gapless has stopped on this node, without having been told to; the log tells why. This node shuts down, so"
                            + " that nothing is lost in silence");
        }
        return this;
    }

    private void fail(String why) {
        if (failed) {
            return;
        }
        failed = true;
        node.refuseMessages();
        getContext().getLog().error(why);
        CoordinatedShutdown.get(getContext().getSystem()).runAll(new Failed(why));
    }

    /** Why the actor system shuts down. */
    record Failed(String why) implements CoordinatedShutdown.Reason {
        @Override
        public String toString() {
            return why;
        }
    }
}
