package dev.gapless.core.simulation;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.consumer.ConsumerEffects;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Log;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.Membership;
import dev.gapless.core.member.Pulses;
import dev.gapless.core.producer.ProducerEffects;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.Pulse;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One life of a node: it carries out what the core wants done, and decides nothing. */
final class Node implements ProducerEffects, ConsumerEffects {
    private final Simulation simulation;
    private final Timeline timeline;
    private final Host host;
    private final long uid;
    private final Membership membership;
    private final Pulses pulses;
    private final Map<Long, Host> known = new LinkedHashMap<>();
    private final Map<Long, Long> appeared = new HashMap<>();
    private final Map<Long, Long> removed = new HashMap<>();
    private final Map<Long, Subscriber> subscribers = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> whilePaused = new ArrayDeque<>();
    private ProducerState producer;
    private TopicConsumer consumer;
    private Timeline.Event timer;
    private boolean appendAnnounced;
    private boolean dead;
    private boolean paused;
    private boolean leaving;
    private long sessions;
    private long lastMembershipNs;

    Node(Simulation simulation, Host host, long uid) {
        this.simulation = simulation;
        this.timeline = simulation.timeline();
        this.host = host;
        this.uid = uid;
        this.membership = new Membership(uid, host.name());
        this.pulses = new Pulses(uid, simulation.settings().heartbeatNs());
        tick();
    }

    Host host() {
        return host;
    }

    long uid() {
        return uid;
    }

    boolean isDead() {
        return dead;
    }

    boolean isUp() {
        return membership.isUp() && !dead;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isLeaving() {
        return leaving;
    }

    Map<Long, Subscriber> subscribers() {
        return subscribers;
    }

    private long nowMs() {
        return timeline.nowMs() + host.clockSkewMs();
    }

    private long nowNs() {
        return timeline.nowNs();
    }

    // ------------------------------------------------------------------ inputs, one at a time

    /** Something happens to this node: now, or once it is not paused any more, or never if it is dead. */
    void input(Runnable what) {
        if (dead) {
            return;
        }
        if (paused) {
            whilePaused.add(what);
            return;
        }
        what.run();
        afterInput();
    }

    private void afterInput() {
        if (dead) {
            return;
        }
        subscribers.values().forEach(Subscriber::wake);
        planTimer();
    }

    private void planTimer() {
        long dueNs = Long.MAX_VALUE;
        if (producer != null) {
            dueNs = Math.min(dueNs, producer.deadlineNs(nowNs()));
        }
        if (consumer != null) {
            dueNs = Math.min(dueNs, consumer.deadlineNs(nowNs()));
        }
        if (timer != null && timer.atNs() == dueNs) {
            return;
        }
        if (timer != null) {
            timer.callOff();
            timer = null;
        }
        if (dueNs != Long.MAX_VALUE) {
            timer = timeline.at(dueNs, () -> input(this::onTime));
        }
    }

    private void onTime() {
        timer = null;
        if (producer != null) {
            producer.onTime(nowMs(), nowNs());
        }
        if (consumer != null) {
            consumer.onTime(nowMs(), nowNs());
        }
        if (leaving && producer != null && producer.isDrained(nowNs())) {
            simulation.chaos().gone(this);
        }
    }

    /** Pulses and Hellos, once an interval. */
    private void tick() {
        timeline.after(
                simulation.settings().heartbeatNs(),
                () -> input(() -> {
                    Pulses.Due due = pulses.onTime(nowNs());
                    due.pulses().forEach(pulse -> sendTo(pulse.toUid(), pulse));
                    for (long silent : due.silentUids()) {
                        simulation.trace().add(host, () -> "hears nothing of " + simulation.name(silent));
                        if (consumer != null) {
                            consumer.onSilent(silent, nowNs());
                        }
                    }
                    known.forEach((memberUid, at) -> {
                        if (!membership.hasSaidItsName(memberUid)) {
                            sendTo(memberUid, new Hello(uid, memberUid, host.name(), false));
                        }
                    });
                    tick();
                }));
    }

    void pause() {
        paused = true;
    }

    void goOn() {
        paused = false;
        for (int left = whilePaused.size(); left > 0 && !paused && !dead; left--) {
            input(whilePaused.remove());
        }
    }

    void die() {
        dead = true;
        subscribers.values().forEach(Subscriber::die);
    }

    // ------------------------------------------------------------------ members

    /** When this node learns of the next change; later than of the one before. */
    long nextMembershipNs() {
        long delayNs =
                1_000_000 + simulation.random().nextLong(simulation.profile().gossipNs());
        lastMembershipNs = Math.max(lastMembershipNs + 1, nowNs() + delayNs);
        return lastMembershipNs;
    }

    void appeared(long memberUid, Host at) {
        known.put(memberUid, at);
        appeared.put(memberUid, timeline.stamp());
        publish(membership.appeared(memberUid, at.address()));
        if (memberUid != uid) {
            sendTo(memberUid, new Hello(uid, memberUid, host.name(), false));
        }
    }

    void selfUp() {
        simulation.trace().add(host, () -> "is up");
        membership.selfUp();
        if (consumer != null) {
            consumer.begin(membership.snapshot(), nowMs(), nowNs());
        }
        simulation.workload().up(this);
    }

    void removed(long memberUid) {
        simulation.trace().add(host, () -> "learns that " + simulation.name(memberUid) + " is removed");
        known.remove(memberUid);
        removed.put(memberUid, timeline.stamp());
        pulses.unwatch(memberUid);
        publish(membership.removed(memberUid));
        if (producer != null) {
            producer.onRemoved(memberUid, nowMs(), nowNs());
        }
    }

    /** Cursors of a node that has not been heard of for long are dropped. */
    void forget(long silentUid) {
        if (producer != null) {
            producer.onRemoved(silentUid, nowMs(), nowNs());
        }
    }

    void reachability(long memberUid, boolean reachable) {
        if (producer != null && known.containsKey(memberUid)) {
            producer.onReachability(memberUid, reachable, nowMs(), nowNs());
        }
    }

    private void publish(List<MemberEvent> events) {
        for (MemberEvent event : events) {
            if (consumer != null && membership.isUp()) {
                consumer.onMember(event, membership.snapshot(), nowMs(), nowNs());
            }
        }
    }

    /** Has this node known that life as a member, at this moment or later? */
    boolean knewSince(long memberUid, long stamp) {
        return appeared.containsKey(memberUid) && removed.getOrDefault(memberUid, Long.MAX_VALUE) > stamp;
    }

    /** Had this node heard of that life before this moment? */
    boolean knewBefore(long memberUid, long stamp) {
        return appeared.getOrDefault(memberUid, Long.MAX_VALUE) < stamp;
    }

    // ------------------------------------------------------------------ messages

    void receive(String from, Object packet) {
        input(() -> {
            simulation.trace().add(host, () -> "← " + from + " " + packet);
            if (packet instanceof Hello hello) {
                onHello(hello);
            } else if (packet instanceof Pulse pulse) {
                pulses.onPulse(pulse, nowNs());
            } else if (packet instanceof ToProducer message) {
                if (message instanceof Register register && register.toUid() == uid) {
                    makeLog(); // rule P9
                }
                if (producer != null) {
                    producer.onMessage(message, nowMs(), nowNs());
                }
            } else if (packet instanceof ToConsumer message) {
                if (consumer != null) {
                    consumer.onMessage(message, nowMs(), nowNs());
                } else {
                    TopicConsumer.deregistrationOf(message).ifPresent(d -> send(d.toUid(), d.message()));
                }
            }
        });
    }

    private void onHello(Hello hello) {
        if (hello.toUid() != uid) {
            return;
        }
        publish(membership.heard(hello));
        if (!hello.answer()) {
            sendTo(hello.fromUid(), new Hello(uid, hello.fromUid(), host.name(), true));
        }
    }

    private void sendTo(long toUid, Object message) {
        simulation.network().send(host.name(), simulation.hostOf(toUid).name(), message);
    }

    @Override
    public void send(ToConsumer message) {
        simulation.counts().add("sent " + message.getClass().getSimpleName());
        sendTo(message.session().uid(), message);
    }

    @Override
    public void send(long toUid, ToProducer message) {
        simulation.counts().add("sent " + message.getClass().getSimpleName());
        if (message instanceof Register) {
            pulses.watch(toUid, nowNs());
        }
        sendTo(toUid, message);
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {
        simulation.trace().add(host, () -> "expired " + session + ": " + reason + ", goes on at " + resumeAt);
    }

    @Override
    public void missed(String node, long reader, Reason reason, Position behind, Position upTo) {
        simulation.trace().add(host, () -> "feed " + reader + " misses " + reason + " of " + node + " up to " + upTo);
    }

    // ------------------------------------------------------------------ publishing

    private void makeLog() {
        if (producer == null) {
            Epoch epoch = new Epoch(simulation.random().nextLong());
            simulation
                    .truth()
                    .logMade(host.name(), uid, epoch, simulation.members().contains(uid));
            Log log = new Log(LogIdentity.fresh(epoch, nowMs()), simulation.settings());
            producer = new ProducerState(Simulation.TOPIC, uid, log, simulation.settings(), this);
        }
    }

    void publish(long id, int padding) {
        makeLog();
        Log log = producer.log();
        Content content = Content.of(
                1, "", ByteBuffer.allocate(Long.BYTES + padding).putLong(id).array());
        Admission admission = log.publish(content, nowMs(), nowNs(), outcome -> admitted(id, outcome));
        if (admission instanceof Admission.Waiting) {
            simulation.counts().add("publish waits");
            announceAppend();
        } else {
            admitted(id, admission);
        }
    }

    private void admitted(long id, Admission outcome) {
        if (outcome instanceof Admission.Accepted accepted) {
            Position at = accepted.position();
            simulation.trace().add(host, () -> "published " + at);
            simulation.truth().appended(at.epoch(), at.sequence(), id, nowMs());
            announceAppend();
        } else {
            simulation.counts().add("publish refused: " + outcome.getClass().getSimpleName());
        }
    }

    private void announceAppend() {
        if (!appendAnnounced) {
            appendAnnounced = true;
            timeline.after(
                    simulation.random().nextLong(3_000_000),
                    () -> input(() -> {
                        appendAnnounced = false;
                        producer.onAppended(nowMs(), nowNs());
                    }));
        }
    }

    void leave() {
        leaving = true;
        if (producer == null) {
            simulation.chaos().gone(this);
            return;
        }
        simulation.truth().left(producer.log().identity().epoch());
        producer.leave(nowMs(), nowNs());
    }

    // ------------------------------------------------------------------ subscribing

    /** Opens a subscription; {@code how} is what it begins with. */
    Subscriber subscribe(Opening how, Witness witness) {
        if (consumer == null) {
            consumer = new TopicConsumer(
                    Simulation.TOPIC, uid, simulation.settings(), () -> ++sessions, simulation.random(), this, how);
            if (membership.isUp()) {
                consumer.begin(membership.snapshot(), nowMs(), nowNs());
            }
        }
        Subscriber subscriber = new Subscriber(simulation, this, witness);
        subscribers.put(witness.id(), subscriber);
        SubscriptionState state = consumer.open(witness.id(), how, nowMs(), nowNs());
        subscriber.begin(state);
        return subscriber;
    }

    void unsubscribe(Subscriber subscriber) {
        subscribers.remove(subscriber.witness().id());
        subscriber.die();
        consumer.close(subscriber.witness().id());
    }

    void joined(Subscriber subscriber) {
        consumer.onJoined(subscriber.witness().id());
    }

    void room() {
        consumer.onRoom();
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        simulation.trace().add(host, () -> "subscription " + subscription + " is ready without " + silent);
        simulation.counts().add(silent.isEmpty() ? "ready" : "ready without somebody");
        simulation.oracle().ready(subscribers.get(subscription).witness(), this);
    }

    /** Bounds hold (G5), and what never should be found has not been found. */
    void audit() {
        if (producer != null) {
            Log log = producer.log();
            simulation.oracle().isBounded("ring of " + host, log.size(), log.bytes(), 0);
        }
        if (consumer != null) {
            Feed feed = consumer.feed();
            simulation
                    .oracle()
                    .isBounded(
                            "feed of " + host,
                            feed.size(),
                            feed.bytes(),
                            simulation.hosts().size());
        }
        subscribers.values().forEach(Subscriber::audit);
    }

    String describe() {
        StringBuilder text = new StringBuilder(host + " " + Long.toHexString(uid));
        if (producer != null) {
            text.append("\n    cursors ").append(producer.cursors());
        }
        if (consumer != null) {
            text.append("\n    registrations ").append(consumer.registrations());
        }
        subscribers.values().forEach(s -> text.append("\n    ").append(s.describe()));
        return text.toString();
    }
}
