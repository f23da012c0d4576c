package dev.gapless.simulation.schedule;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.member.History;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Ping;
import dev.gapless.simulation.node.Outside;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Witness;
import dev.gapless.simulation.schedule.FaultChains.Moment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One incarnation of a node, as a process: it pauses, dies between any two effects, and applications run on it. */
final class NodeProcess implements Outside {
    private static final long PROBE_NS = Profile.MS;

    private final Schedule schedule;
    private final Timeline timeline;
    private final Host host;
    private final SimulatedNode node;
    private final SplittableRandom random;
    private final Heard heard;
    private final Vigil vigil;
    private final Map<Long, Subscriber> subscribers = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> whilePaused = new ArrayDeque<>();
    /** When the last in each queue between the node and its shard arrives. */
    private final Map<Outside.Queue, Long> queuesNs = new EnumMap<>(Outside.Queue.class);
    /** For the judges, with the next message to the shard. */
    private @Nullable Runnable withShard;
    /** Do the queues between the node and its shard take their time? */
    private final boolean busy;

    private long timerNs = Long.MAX_VALUE;
    private boolean dead;
    private boolean paused;
    private boolean gaveWay;
    private boolean outside;
    private int effectsLeft = Integer.MAX_VALUE;

    /** The process has died in the middle of what it did. */
    private static final class Crashed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Crashed() {
            super("crashed", null, false, false);
        }
    }

    NodeProcess(Schedule schedule, Host host, long uid) {
        this.schedule = schedule;
        this.timeline = schedule.timeline();
        this.host = host;
        this.random = new SplittableRandom(uid);
        this.busy =
                schedule.profile().faults() && new SplittableRandom(uid).split().nextInt(3) == 0;
        TopicSettings settings = host.settings(schedule.profile().settingsOf(new SplittableRandom(~uid)));
        boolean elsewhere = new SplittableRandom(uid).split().split().nextBoolean();
        History.Bounds history = schedule.profile().history(new SplittableRandom(~uid).split());
        this.node = new SimulatedNode(
                uid,
                host.name(),
                settings,
                settings.publishing() || elsewhere,
                schedule.profile().single(),
                schedule.profile().cursorRetentionNs(),
                history,
                schedule.clusters().settingsOf(host, uid),
                random,
                this);
        this.heard = new Heard(timeline::stamp, uid, schedule.clusters().others(uid));
        this.vigil = new Vigil(schedule, this);
        ping();
    }

    Host host() {
        return host;
    }

    SimulatedNode node() {
        return node;
    }

    Heard heard() {
        return heard;
    }

    Vigil vigil() {
        return vigil;
    }

    SplittableRandom random() {
        return random;
    }

    long uid() {
        return node.uid();
    }

    boolean isDead() {
        return dead;
    }

    boolean isPaused() {
        return paused;
    }

    /** Does it run, as a member? */
    boolean isUp() {
        return node.isUp() && !dead;
    }

    /** While it leaves its log is there, and refuses. */
    boolean mayPublish() {
        return !node.isLeaving() || node.producer() != null;
    }

    Map<Long, Subscriber> subscribers() {
        return subscribers;
    }

    // ------------------------------------------------------------------ clocks

    @Override
    public long nowMs() {
        return timeline.nowMs() + host.clockSkewMs();
    }

    @Override
    public long nowNs() {
        long now = timeline.nowNs();
        return now + now / 1_000 * host.driftPerMille();
    }

    /** How long it is until that moment by this node's clock. */
    long untilNs(long ownNs) {
        return Math.max(0, rightNs(ownNs) - timeline.nowNs());
    }

    private long rightNs(long ownNs) {
        // Rounded up: a timer must not go off before its time.
        return host.driftPerMille() == 0 ? ownNs : ownNs / (1_000 + host.driftPerMille()) * 1_000 + 2_000;
    }

    // ------------------------------------------------------------------ inputs, one at a time

    /** Something happens to this process: now, or once it is not paused any more, or never if it is dead. */
    void input(Runnable what) {
        if (dead) {
            return;
        }
        if (paused) {
            whilePaused.add(what);
            return;
        }
        try {
            what.run();
            if (!dead) {
                planTimer();
            }
            if (schedule.profile().clusters() && !dead && node.isDrained()) {
                schedule.faults().gone(this);
            }
        } catch (Crashed e) {
            schedule.faults().crashed(this);
        }
    }

    @Override
    public void arrived(@Nullable Long subscription) {
        if (subscription == null) {
            subscribers.values().forEach(Subscriber::wake);
        } else {
            Subscriber one = subscribers.get(subscription);
            if (one != null) {
                one.wake();
            }
        }
    }

    private void planTimer() {
        long dueNs = node.deadlineNs();
        long atNs = dueNs == Long.MAX_VALUE ? dueNs : Math.max(timeline.nowNs(), rightNs(dueNs));
        if (atNs < timerNs) {
            timerNs = atNs;
            timeline.at(atNs, () -> onTimer(atNs));
        }
    }

    /** It may be early, as what it was set for may have been put off since, and it may have been overtaken by another. */
    private void onTimer(long setForNs) {
        if (!dead && timerNs == setForNs) {
            timerNs = Long.MAX_VALUE;
            input(this::onTime);
        }
    }

    private void onTime() {
        node.onTime();
        if (node.isDrained()) {
            schedule.faults().gone(this);
        }
    }

    private void ping() {
        timeline.after(
                Math.max(1, untilNs(node.nodeDeadlineNs())),
                () -> input(() -> {
                    node.onNodeTime();
                    ping();
                }));
    }

    void pause() {
        paused = true;
    }

    void goOn() {
        paused = false;
        vigil.waits().onPause();
        for (int left = whilePaused.size(); left > 0 && !paused && !dead; left--) {
            input(whilePaused.remove());
        }
    }

    /** It carries out this many effects more, and dies. */
    void crashAfter(int effects) {
        effectsLeft = effects;
    }

    void die() {
        dead = true;
        subscribers.values().forEach(Subscriber::die);
    }

    // ------------------------------------------------------------------ members

    void joining(long newcomerUid, Host at) {
        trace(() -> "sees " + schedule.name(newcomerUid) + " joining");
        node.joining(newcomerUid, at.addressOf(newcomerUid));
    }

    void appeared(long memberUid, Host at) {
        String address = at.addressOf(memberUid);
        List<Long> before = at.before(memberUid, heard::knows);
        if (!before.isEmpty()) {
            schedule.counts().add("members: seen before its predecessor was removed");
        }
        List<Long> gone = before.stream()
                .filter(incarnation -> at.addressOf(incarnation).equals(address)) // who was at its address is gone
                .toList();
        gone.forEach(vigil::removed);
        learns(
                () -> {
                    gone.forEach(vigil::cursorsDropped);
                    heard.appeared(memberUid, address);
                },
                () -> node.appeared(memberUid, address, schedule.clusters().number(memberUid)));
        happens(Moment.APPEARED);
    }

    void removed(long memberUid) {
        trace(() -> "learns that " + schedule.name(memberUid) + " is removed");
        vigil.removed(memberUid);
        learns(
                () -> {
                    vigil.cursorsDropped(memberUid);
                    heard.removed(memberUid);
                },
                () -> node.removed(memberUid));
        happens(Moment.REMOVED);
    }

    /** It has left: its cluster's membership shuts down, which takes all members for removed, in any order, itself among them. */
    void onRemoved(Set<Long> members, SplittableRandom order) {
        outside = true;
        Set<Long> everybody = new TreeSet<>(members);
        everybody.add(uid()); // the others may have removed it before
        List<Long> all = new ArrayList<>(everybody);
        for (int left = all.size(); left > 0; left--) {
            long next = all.remove(order.nextInt(left));
            if (next == uid() || heard.knows(next)) {
                removed(next);
            }
        }
    }

    /** Is it alive, and no member any more? */
    boolean isOutside() {
        return outside;
    }

    void reachability(long memberUid, boolean reachable) {
        Runnable judges = vigil.isGone(memberUid) // of whom the shard hears no more than the removal
                ? () -> {}
                : () -> vigil.waits().reachability(memberUid, reachable, nowNs());
        learns(judges, () -> node.reachability(memberUid, reachable));
    }

    void selfUp() {
        trace(() -> "is up");
        learns(() -> {}, node::selfUp);
        schedule.workload().up(this);
    }

    /** What subscriptions and cursors know is what their shard was told: the judges learn it with the shard. */
    private void learns(Runnable judges, Runnable node) {
        withShard = judges;
        node.run();
        withShard = announced(withShard);
    }

    private static @Nullable Runnable announced(@Nullable Runnable judges) {
        if (judges != null) {
            judges.run();
        }
        return null;
    }

    // ------------------------------------------------------------------ effects

    void receive(Host from, Object packet) {
        if (packet instanceof Ping && !paused && !dead) {
            vigil.receives(packet);
            try {
                node.receive(packet); // changes neither what is due nor what can be read
            } catch (Crashed e) {
                schedule.faults().crashed(this);
            }
            return;
        }
        input(() -> {
            if (packet instanceof ClusterProbe who && who.isOfOldest() && who.isFor(uid()) && isUp()) {
                schedule.clusters().meet(uid(), who.fromUid(), who.members());
            }
            trace(() -> "← " + from + " " + Messages.describe(packet));
            vigil.receives(packet);
            Receipts receipts = schedule.receipts();
            if (receipts != null && packet instanceof Batch batch) {
                receipts.arrives(uid(), batch);
            }
            node.receive(packet);
        });
    }

    /** Faults may wait for that. */
    void happens(Moment moment) {
        schedule.chains().happens(moment, host);
    }

    /** Something that the outside sees, before or after which the process may die. */
    void effect() {
        if (effectsLeft-- <= 0) {
            throw new Crashed();
        }
    }

    @Override
    public void send(long toUid, Packet message) {
        effect();
        vigil.sends(toUid, message);
        schedule.messages().sent(message);
        Host to = schedule.hostOf(toUid);
        if (message instanceof Farewell farewell && isLost(farewell)) {
            schedule.counts().add("farewell: a part is lost");
        } else if (to.isReached(toUid)) {
            schedule.network().send(host, to, message);
        } else {
            schedule.counts().add("packets: to an address where nobody is any more");
        }
    }

    /** One part of every fourth farewell of several parts is. */
    private boolean isLost(Farewell farewell) {
        if (farewell.parts() == 1) {
            return false;
        }
        schedule.counts().add("farewell: in parts");
        long drawn = Math.floorMod(farewell.fromUid() ^ farewell.toUid(), 4L * farewell.parts());
        return schedule.profile().faults() && drawn == farewell.index();
    }

    @Override
    public int otherTopics() {
        return schedule.publishesToMany() ? 2_000 : 0;
    }

    @Override
    public void sendTo(String address, NodeMessage message) {
        effect();
        schedule.messages().sent(message);
        Host to = schedule.hostAt(address);
        NodeProcess there = to.process();
        schedule.network().send(host, to, message);
        if (there != null
                && !schedule.network().isCut(host, to)
                && !schedule.network().isCut(to, host)) {
            timeline.after(PROBE_NS, () -> input(() -> node.listens(address)));
        }
    }

    @Override
    public void foundOtherCluster() {
        trace(() -> "finds another cluster");
    }

    @Override
    public void givesWay(String address) {
        trace(() -> "gives way to " + address);
        schedule.counts().add("clusters: a node gave way");
        schedule.clusters().givesWay(this, address);
        schedule.clusters().willFollow(host, address);
        gaveWay = true;
        effect();
        timeline.after(1, () -> input(this::leave));
    }

    /** Does it leave because its cluster gives way? */
    boolean gaveWay() {
        return gaveWay;
    }

    /** Each queue in order, but each at its own pace: a lane may be at work while the hub is idle, and the other way round. */
    @Override
    public void pass(Outside.Queue queue, Runnable delivery) {
        Runnable judges = queue == Outside.Queue.TO_SHARD ? withShard : null;
        withShard = queue == Outside.Queue.TO_SHARD ? null : withShard;
        if (!busy) {
            announced(judges);
            delivery.run();
            return;
        }
        long delayNs = switch (random.nextInt(16)) {
            case 0 -> random.nextLong(2 * Profile.SECOND);
            case 1, 2, 3 -> random.nextLong(300 * Profile.MS);
            default -> random.nextLong(Profile.MS);
        };
        long atNs = Math.max(timeline.nowNs() + delayNs, queuesNs.getOrDefault(queue, 0L));
        queuesNs.put(queue, atNs);
        schedule.counts()
                .add(delayNs > 100 * Profile.MS ? "queue: " + queue + " late by 100 ms and more" : "queue: " + queue);
        timeline.at(
                atNs,
                () -> input(() -> {
                    announced(judges);
                    delivery.run();
                }));
    }

    @Override
    public void openStore() {
        effect();
        host.disk().open(this);
    }

    @Override
    public void store(StoreRequest request) {
        effect();
        trace(() -> "store: " + request);
        host.disk().store(this, request);
    }

    @Override
    public void fenced(long laterUid) {
        trace(() -> "is fenced by " + schedule.name(laterUid));
        schedule.counts().add("store: a process is fenced");
        throw new Crashed();
    }

    @Override
    public void begins(long uid, Epoch stream) {
        schedule.names().logMade(uid, stream);
        schedule.truth().logMade(host.name(), uid, stream);
    }

    @Override
    public void logClosed(Epoch epoch) {
        schedule.truth().left(host.name(), epoch);
    }

    @Override
    public void logDropped() {
        schedule.counts().add("log: dropped, since nobody used it");
    }

    @Override
    public void published(long id, Position at) {
        trace(() -> "published " + at);
        vigil.waits().publishEnds(id, nowNs());
        Repeats repeats = schedule.repeats();
        if (repeats != null && repeats.isAnsweredAgain(this, id, at)) {
            if (schedule.settings().durable()) {
                schedule.truth().checkStored(host.name(), at.epoch(), at.sequence(), id);
            }
            repeats.checkOnce(this, id);
            effect();
            return;
        }
        schedule.workload().published(this);
        if (id == SimulatedNode.INVALIDATION) {
            vigil.waits().invalidated();
        }
        if (schedule.settings().durable()) {
            schedule.truth().checkStored(host.name(), at.epoch(), at.sequence(), id);
        } else {
            schedule.truth().appended(host.name(), at.epoch(), at.sequence(), id, nowMs(), timeline.nowNs());
        }
        if (repeats != null) {
            repeats.checkOnce(this, id);
        }
        Receipts receipts = schedule.receipts();
        if (receipts != null
                && id != SimulatedNode.INVALIDATION
                && !schedule.truth().mayComeAgain(id)) {
            receipts.published(this, id, at);
        }
        effect();
    }

    @Override
    public void publishWaits(long id) {
        vigil.waits().publishWaits(id, nowNs());
        schedule.counts().add(node.takesMessages() ? "publish: waits for room" : "publish: waits until its node is up");
    }

    @Override
    public void publishRefused(long id, String why) {
        vigil.waits().publishEnds(id, nowNs());
        schedule.counts().add("publish: refused, " + why);
        Repeats repeats = schedule.repeats();
        if (repeats != null && why.equals("Unknown")) {
            repeats.unknown(this, id);
        }
    }

    @Override
    public void wantsFlush() {
        timeline.after(random.nextLong(3_000_000), () -> input(node::flush));
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        trace(() -> "subscription " + subscription + " is ready without " + new TreeSet<>(silent));
        schedule.counts().add(silent.isEmpty() ? "subscription: ready" : "subscription: ready without somebody");
        Subscriber subscriber = Objects.requireNonNull(subscribers.get(subscription));
        schedule.oracle().ready(subscriber.witness(), heard);
        subscriber.ready();
        happens(Moment.READY);
        effect();
    }

    @Override
    public void subscriptionsEnd() {
        subscribers.values().forEach(subscriber -> {
            if (random.nextBoolean()) {
                schedule.workload().take(subscriber); // what it had stored with its rows
            }
            subscriber.die();
        });
        subscribers.clear();
    }

    @Override
    public void heardNothingOf(long silentUid) {
        trace(() -> "hears nothing of " + schedule.name(silentUid));
    }

    @Override
    public void forgotten(long silentUid) {
        trace(() -> "forgets the cursors of " + schedule.name(silentUid));
        vigil.cursorsDropped(silentUid);
        schedule.counts().add("fault: cursor forgotten");
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {
        trace(() -> "expired " + session + ": " + reason + ", goes on at " + resumeAt);
        happens(Moment.EXPIRED);
    }

    @Override
    public void missed(
            String producer, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {
        trace(() -> "feed " + reader + " misses " + reason + " of " + producer + " up to " + upTo);
        happens(reason == Reason.PRODUCER_LOST ? Moment.LOST : Moment.MISSED);
    }

    private void trace(java.util.function.Supplier<String> what) {
        schedule.trace(host, what);
    }

    // ------------------------------------------------------------------ applications

    void leave() {
        ProducerState producer = node.producer();
        if (producer != null) {
            schedule.truth().left(host.name(), producer.log().identity().epoch());
        }
        node.leave();
        if (node.isDrained()) {
            schedule.faults().gone(this);
        }
    }

    /** Opens a subscription; {@code how} is what it begins with. */
    void subscribe(Opening how, Witness witness) {
        if (node.isLeaving()) {
            schedule.counts().add("subscription: refused, since the node leaves");
            return;
        }
        Subscriber subscriber = new Subscriber(schedule, this, how, witness);
        subscribers.put(witness.id(), subscriber);
        schedule.oracle().opened(witness, heard);
        node.subscribe(witness.id(), how, subscriber::begin);
        subscriber.wake();
        happens(Moment.OPENED);
    }

    void unsubscribe(Subscriber subscriber) {
        subscribers.remove(subscriber.witness().id());
        subscriber.die();
        node.unsubscribe(subscriber.witness().id());
    }

    /** Bounds hold (G5), and what never should be found has not been found. */
    void audit() {
        long largest = schedule.profile().largestEntryBytes();
        ProducerState producer = node.producer();
        if (producer != null) {
            Log log = producer.log();
            schedule.oracle().checkBounds("ring of " + host, log);
        }
        TopicConsumer consumer = node.consumer();
        if (consumer != null) {
            ConsumerMeasures kept = consumer.measures();
            schedule.oracle()
                    .checkBounds(
                            "feed of " + host,
                            kept.cacheMessages(),
                            kept.cacheBytes(),
                            schedule.hosts().size(),
                            largest);
        }
        if (!paused) {
            vigil.looks();
        }
        subscribers.values().forEach(Subscriber::audit);
    }

    List<String> describe() {
        List<String> lines = new ArrayList<>();
        lines.add(schedule.name(uid()));
        if (node.producer() != null) {
            lines.add("    cursors " + node.producer().cursors());
        }
        if (node.consumer() != null) {
            lines.add("    registrations " + node.consumer().registrations());
        }
        subscribers.values().forEach(s -> lines.add("    " + s.describe()));
        return lines;
    }
}
