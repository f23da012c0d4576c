package dev.gapless.simulation.node;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.ConsumerEffects;
import dev.gapless.core.consumer.TopicConsumer;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One life of a node with one topic: the parts of the protocol, put together as the actors put them together, on the
 * caller's thread. It decides nothing and waits for nothing; what it wants done goes to {@link Outside}.
 *
 * <p>Whoever drives it gives one input at a time, calls {@link #onTime} when {@link #deadlineNs} has passed, {@link #pulse}
 * once a heartbeat interval, {@link #flush} when that is wanted, and reads the subscriptions.
 */
public final class Node implements ProducerEffects, ConsumerEffects {
    public static final String TOPIC = "topic";

    private final long uid;
    private final String name;
    private final TopicSettings settings;
    private final RandomGenerator random;
    private final Outside outside;
    private final Membership membership;
    private final Pulses pulses;
    private final Set<Long> members = new LinkedHashSet<>();
    private @Nullable ProducerState producer;
    private @Nullable TopicConsumer consumer;
    private boolean flushWanted;
    private boolean leaving;
    private long sessions;

    /** A process that has just started: it is no member, and has neither log nor subscription. */
    public Node(
            long uid,
            String name,
            TopicSettings settings,
            long cursorRetentionNs,
            RandomGenerator random,
            Outside outside) {
        this.uid = uid;
        this.name = name;
        this.settings = settings;
        this.random = random;
        this.outside = outside;
        this.membership = new Membership(uid, name);
        this.pulses = new Pulses(uid, settings.heartbeatNs(), cursorRetentionNs);
    }

    public long uid() {
        return uid;
    }

    public boolean isUp() {
        return membership.isUp();
    }

    public boolean isLeaving() {
        return leaving;
    }

    /** The side that publishes, if there is one. */
    public @Nullable ProducerState producer() {
        return producer;
    }

    /** The side that subscribes, if there is one. */
    public @Nullable TopicConsumer consumer() {
        return consumer;
    }

    // ------------------------------------------------------------------ time

    /** When {@link #onTime} is due, or {@code Long.MAX_VALUE}. */
    public long deadlineNs() {
        long now = outside.nowNs();
        long dueNs = producer == null ? Long.MAX_VALUE : producer.deadlineNs(now);
        return consumer == null ? dueNs : Math.min(dueNs, consumer.deadlineNs(now));
    }

    public void onTime() {
        if (producer != null) {
            producer.onTime(outside.nowMs(), outside.nowNs());
        }
        if (consumer != null) {
            consumer.onTime(outside.nowMs(), outside.nowNs());
        }
    }

    /** Sends pulses and, to members that have not said their name, Hellos. Returns those that have fallen silent. */
    public List<Long> pulse() {
        Pulses.Due due = pulses.onTime(outside.nowNs());
        due.pulses().forEach(pulse -> outside.send(pulse.toUid(), pulse));
        due.forgottenUids().forEach(this::dropCursorsOf);
        due.silentUids().forEach(silent -> {
            if (consumer != null) {
                consumer.onSilent(silent, outside.nowNs());
            }
        });
        for (long member : members) {
            if (!membership.hasSaidItsName(member)) {
                hello(member, false);
            }
        }
        return due.silentUids();
    }

    /** Has it drained, or has its time for that run out? Then it may end. */
    public boolean isDrained() {
        return leaving && (producer == null || producer.isDrained(outside.nowNs()));
    }

    // ------------------------------------------------------------------ members

    public void appeared(long memberUid, String address) {
        members.add(memberUid);
        tell(membership.appeared(memberUid, address));
        if (memberUid != uid) {
            hello(memberUid, false);
        }
    }

    public void selfUp() {
        List<MemberEvent> events = membership.selfUp();
        if (consumer != null) {
            consumer.begin(events, membership.snapshot(), outside.nowMs(), outside.nowNs());
        }
    }

    public void removed(long memberUid) {
        members.remove(memberUid);
        pulses.unwatch(memberUid);
        tell(membership.removed(memberUid));
        if (producer != null) {
            producer.onRemoved(memberUid, outside.nowMs(), outside.nowNs());
        }
    }

    /** As if that node had not been heard of for too long. */
    public void forget(long silentUid) {
        pulses.forget(silentUid);
        dropCursorsOf(silentUid);
    }

    private void dropCursorsOf(long silentUid) {
        if (producer != null
                && producer.cursors().stream().anyMatch(c -> c.session().uid() == silentUid)) {
            outside.forgotten(silentUid);
            producer.onForgotten(silentUid, outside.nowMs(), outside.nowNs());
        }
    }

    public void reachability(long memberUid, boolean reachable) {
        if (producer != null && members.contains(memberUid)) {
            producer.onReachability(memberUid, reachable, outside.nowMs(), outside.nowNs());
        }
    }

    private void tell(List<MemberEvent> events) {
        if (consumer != null && membership.isUp() && !events.isEmpty()) {
            consumer.onMembers(events, membership.snapshot(), outside.nowMs(), outside.nowNs());
        }
    }

    private void hello(long toUid, boolean answer) {
        outside.send(toUid, new Hello(uid, toUid, name, 0, answer));
    }

    // ------------------------------------------------------------------ messages

    /** Something arrives at this node's address, for it or for whoever was there before. */
    public void receive(Object packet) {
        if (packet instanceof Hello hello) {
            onHello(hello);
        } else if (packet instanceof Pulse pulse) {
            pulses.onPulse(pulse, outside.nowNs());
        } else if (packet instanceof ToProducer message) {
            if (message instanceof Register register && register.toUid() == uid) {
                log(); // rule P9
                pulses.watch(message.session().uid(), outside.nowNs());
            }
            if (producer != null) {
                producer.onMessage(message, outside.nowMs(), outside.nowNs());
            }
        } else if (packet instanceof ToConsumer message) {
            if (consumer != null) {
                consumer.onMessage(message, outside.nowMs(), outside.nowNs());
            } else {
                TopicConsumer.deregistrationOf(message).ifPresent(d -> outside.send(d.toUid(), d.message()));
            }
        }
    }

    private void onHello(Hello hello) {
        if (hello.toUid() != uid) {
            return;
        }
        tell(membership.heard(hello));
        if (!hello.answer()) {
            hello(hello.fromUid(), true);
        }
    }

    @Override
    public void send(ToConsumer message) {
        outside.send(message.session().uid(), message);
    }

    @Override
    public void send(long toUid, ToProducer message) {
        if (message instanceof Register) {
            pulses.watch(toUid, outside.nowNs());
        }
        outside.send(toUid, message);
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {
        outside.expired(session, reader, reason, sent, resumeAt);
    }

    @Override
    public void missed(String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {
        outside.missed(node, reader, reason, behind, upTo);
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        outside.ready(subscription, silent);
    }

    // ------------------------------------------------------------------ publishing

    private ProducerState log() {
        ProducerState state = producer;
        if (state == null) {
            LogIdentity identity = LogIdentity.fresh(settings, random, outside.nowMs());
            outside.logMade(identity.epoch());
            Log log = new Log(identity, settings);
            state = new ProducerState(TOPIC, uid, log, settings, this);
            producer = state;
        }
        return state;
    }

    /** Publishes a message whose content is its number, and so many bytes more. */
    public void publish(long id, int padding) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES + padding).putLong(id).array();
        Admission admission = log().log()
                .publish(Content.of(1, "", bytes), outside.nowMs(), outside.nowNs(), outcome -> admitted(id, outcome));
        admitted(id, admission);
    }

    /** The number that {@link #publish} put into a message. */
    public static long idOf(Content content) {
        return ByteBuffer.wrap(content.bytes()).getLong(content.offset());
    }

    private void admitted(long id, Admission outcome) {
        if (outcome instanceof Admission.Accepted accepted) {
            outside.published(id, accepted.position());
        } else if (outcome instanceof Admission.Waiting) {
            outside.publishWaits(id);
        } else {
            outside.publishRefused(id, outcome.getClass().getSimpleName());
            return;
        }
        if (!flushWanted) {
            flushWanted = true;
            outside.wantsFlush();
        }
    }

    /** Sends what was published. */
    public void flush() {
        flushWanted = false;
        log().onAppended(outside.nowMs(), outside.nowNs());
    }

    /** Begins to leave in good order. */
    public void leave() {
        leaving = true;
        if (producer != null) {
            producer.leave(outside.nowMs(), outside.nowNs());
        }
    }

    // ------------------------------------------------------------------ subscribing

    /** Opens a subscription. */
    public SubscriptionState subscribe(long id, Opening how) {
        TopicConsumer topic = consumer;
        if (topic == null) {
            topic = new TopicConsumer(TOPIC, uid, settings, () -> ++sessions, random, this, how);
            consumer = topic;
            if (membership.isUp()) {
                topic.begin(membership.snapshot(), membership.snapshot(), outside.nowMs(), outside.nowNs());
            }
        }
        return topic.open(id, how, outside.nowMs(), outside.nowNs());
    }

    /** Ends one. */
    public void unsubscribe(long id) {
        opened().close(id);
    }

    /** A subscription has gone over from its own reader to the shared feed. */
    public void joined(long id) {
        opened().onJoined(id);
    }

    /** A subscription has freed something of a feed that was full. */
    public void room() {
        opened().onRoom();
    }

    private TopicConsumer opened() {
        if (consumer == null) {
            throw new IllegalStateException(name + " has no subscription");
        }
        return consumer;
    }
}
