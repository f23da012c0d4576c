package dev.gapless.core.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.FeedConsumer;
import dev.gapless.core.delivery.ConsumerFactory;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.MemberEvent.Named;
import dev.gapless.core.member.MemberEvent.Present;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ShardTest implements Outbox.Carrier, LogSource {
    private static final long SELF = 10;
    private static final long OTHER = 20;
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS;
    private static final List<MemberEvent> MEMBERS = List.of(
            new Present(SELF, "host:10"),
            new Present(OTHER, "host:20"),
            new Named(SELF, "n", 0),
            new Named(OTHER, "other", 0));

    private final List<Effect> effects = new ArrayList<>();
    private final List<Packet> packets = new ArrayList<>();
    private final Map<String, Log> logs = new HashMap<>();
    private final Set<String> held = new HashSet<>();
    private final Outbox outbox = new Outbox();
    private final Quota consumers = new Quota(1);
    private final Gate gate = new Gate();
    private final AtomicLong sessions = new AtomicLong();
    private final Shard shard = new Shard(
            new ShardSettings(SELF, topic -> SETTINGS, this, gate, sessions::incrementAndGet, () -> 1L, consumers),
            outbox);

    @Override
    public void send(long toUid, Packet packet) {
        packets.add(packet);
    }

    @Override
    public void carryOut(Effect effect) {
        effects.add(effect);
    }

    @Override
    public @Nullable Log logOf(String topic) {
        return logs.computeIfAbsent(topic, made -> new Log(LogIdentity.fresh(new Epoch(5), 0), SETTINGS, gate));
    }

    @Override
    public boolean isHeld(String topic) {
        return held.contains(topic);
    }

    @Override
    public boolean drop(String topic) {
        return !held.contains(topic) && logs.remove(topic) != null;
    }

    private static Now at(long ns) {
        return new Now(ns / 1_000_000, ns);
    }

    private List<Effect> did(Runnable input) {
        effects.clear();
        packets.clear();
        input.run();
        outbox.drain(this);
        return List.copyOf(effects);
    }

    private List<Effect> announced(ToShard message) {
        return did(() -> shard.onNode(message, at(0)));
    }

    private void membersAre(Long... incarnations) {
        announced(
                new ToShard.Members(MEMBERS, new MemberView(Set.of(incarnations), MEMBERS, true, HistoryView.NOTHING)));
    }

    private static Register register(long from, long to) {
        return new Register("t", 0, new Session(from, 1), to, Start.LATEST, 1_000);
    }

    @Test
    @DisplayName("A shard serves members alone, and what is meant for this incarnation, whatever the node has checked")
    void servesMembersAlone() {
        membersAre(SELF);
        assertEquals(List.of(), did(() -> shard.onMessage(register(OTHER, SELF), at(0))));
        assertEquals(List.of(), packets);
        membersAre(SELF, OTHER);
        assertEquals(List.of(), did(() -> shard.onMessage(register(OTHER, 99), at(0))));
        assertNull(shard.producer("t"), "no log is made for another incarnation");
        assertEquals(
                List.of(new Effect.TellNode(new ToNode.Watch(OTHER))),
                did(() -> shard.onMessage(register(OTHER, SELF), at(0))));
        assertInstanceOf(Registered.class, packets.get(0));
    }

    @Test
    @DisplayName(
            "ruleM3: the node is told once to watch whom the shard shares sessions with, and anew if that one comes again")
    void watchesOnce() {
        membersAre(SELF, OTHER);
        did(() -> shard.onMessage(register(OTHER, SELF), at(0)));
        assertEquals(List.of(), did(() -> shard.onMessage(register(OTHER, SELF), at(0))));
        membersAre(SELF);
        membersAre(SELF, OTHER);
        assertEquals(
                List.of(new Effect.TellNode(new ToNode.Watch(OTHER))),
                did(() -> shard.onMessage(register(OTHER, SELF), at(0))));
    }

    @Test
    @DisplayName("ruleP1: who is not among the members any more loses its cursors, by whatever way that became known")
    void removedReadersLoseTheirCursors() {
        membersAre(SELF, OTHER);
        did(() -> shard.onMessage(register(OTHER, SELF), at(0)));
        assertEquals(1, shard.producer("t").cursorCount());
        announced(new ToShard.Members(List.of(), new MemberView(Set.of(SELF), MEMBERS, true, HistoryView.NOTHING)));
        assertEquals(0, shard.producer("t").cursorCount());
    }

    @Test
    @DisplayName("ruleC5: a shard says that it has forgotten a member behind dropping its cursors")
    void forgets() {
        membersAre(SELF, OTHER);
        did(() -> shard.onMessage(register(OTHER, SELF), at(0)));
        assertEquals(List.of(new Effect.TellNode(new ToNode.Forgot(OTHER))), announced(new ToShard.Forget(OTHER)));
        assertEquals(0, shard.producer("t").cursorCount());
    }

    @Test
    @DisplayName("ruleP9: an empty log that nobody uses is dropped after a while, and not before")
    void dropsWhatNobodyUses() {
        membersAre(SELF, OTHER);
        did(() -> shard.onMessage(register(OTHER, SELF), at(0)));
        did(() -> shard.onMessage(new Deregister("t", 0, new Session(OTHER, 1)), at(0)));
        long dueNs = shard.deadlineNs("t", at(0));
        assertEquals(SETTINGS.producerReturnNs(), dueNs);
        assertEquals(List.of(), did(() -> shard.onTime("t", at(dueNs - 1))));
        assertEquals(List.of(new Effect.Dropped("t")), did(() -> shard.onTime("t", at(dueNs))));
        assertNull(shard.producer("t"));
        assertEquals(Map.of(), logs);
    }

    @Test
    @DisplayName("ruleP9: a log stays that the application holds, that was published to, or that has a reader")
    void keepsWhatIsUsed() {
        membersAre(SELF, OTHER);
        held.add("t");
        did(() -> shard.onProducer("t", logOf("t"), at(0)));
        assertEquals(Long.MAX_VALUE, shard.deadlineNs("t", at(0)));
        held.clear();
        logs.get("t").publish(Content.of(1, "", new byte[1]), 0, 0, outcome -> {});
        did(() -> shard.onAppended("t", at(0)));
        assertEquals(Long.MAX_VALUE, shard.deadlineNs("t", at(0)));
        assertNotNull(shard.producer("t"));
    }

    @Test
    @DisplayName(
            "ruleP14: what is published before the node is up is accepted when it is, and sent to who registered meanwhile")
    void acceptsOnceTheNodeIsUp() {
        announced(new ToShard.Members(List.of(), new MemberView(Set.of(OTHER), List.of(), false, HistoryView.NOTHING)));
        did(() -> shard.onProducer("t", logOf("t"), at(0)));
        List<Admission> settled = new ArrayList<>();
        logOf("t").publish(Content.of(1, "", new byte[1]), 0, 0, settled::add);
        did(() -> shard.onAppended("t", at(0)));
        assertEquals(SETTINGS.backpressureTimeoutNs(), shard.deadlineNs("t", at(0)));
        assertEquals(List.of(), settled);
        did(() -> shard.onMessage(register(OTHER, SELF), at(0)));
        membersAre(SELF, OTHER);
        assertEquals(1, ((Admission.Accepted) settled.get(0)).position().sequence());
        assertInstanceOf(Batch.class, packets.get(packets.size() - 1));
    }

    @Test
    @DisplayName("consumers are made by the factory of its settings")
    void consumersOfTheFactory() {
        List<TopicConsumer> made = new ArrayList<>();
        ConsumerFactory factory = (topic, uid, settings, times, its) -> {
            made.add(new FeedConsumer(topic, uid, settings, times, its));
            return made.get(0);
        };
        Shard other = new Shard(
                new ShardSettings(
                        SELF, topic -> SETTINGS, this, gate, sessions::incrementAndGet, () -> 1L, consumers, factory),
                new Outbox());
        other.open("t", 1, new Opening.Latest(), at(0));
        assertEquals(1, made.size());
        assertSame(made.get(0), other.consumer("t"));
    }

    @Test
    @DisplayName("what a log gives way with, the feed of its node does, too, also one that is made later")
    void feedGivesWay() {
        membersAre(SELF, OTHER);
        did(() -> shard.onProducer("t", logOf("t"), at(0)));
        shard.open("t", 1, new Opening.Latest(), at(0));
        logOf("t").limit(1_000);
        did(() -> shard.onAppended("t", at(0)));
        assertEquals(1_000, shard.consumer("t").measures().maxCacheBytes());
        shard.close("t", 1);
        shard.open("t", 2, new Opening.Latest(), at(0));
        assertEquals(1_000, shard.consumer("t").measures().maxCacheBytes());
        logOf("t").limit(Long.MAX_VALUE);
        did(() -> shard.onAppended("t", at(0)));
        assertEquals(SETTINGS.mostBytesInFeed(), shard.consumer("t").measures().maxCacheBytes());
    }

    @Test
    @DisplayName(
            "ruleP14, T1: when the first message is accepted, a token of this node's subscription names this node already")
    void acceptsBehindItsConsumers() {
        announced(new ToShard.Members(List.of(), new MemberView(Set.of(), List.of(), false, HistoryView.NOTHING)));
        Opened.Subscription opened = (Opened.Subscription) shard.open("t", 1, new Opening.Latest(), at(0));
        did(() -> shard.onProducer("t", logOf("t"), at(0)));
        List<Set<String>> named = new ArrayList<>();
        logOf("t")
                .publish(
                        Content.of(1, "", new byte[1]),
                        0,
                        0,
                        accepted -> named.add(opened.state()
                                .token("t", "c", at(0))
                                .positions()
                                .keySet()));
        assertEquals(Map.of(), opened.state().token("t", "c", at(0)).positions());
        membersAre(SELF, OTHER);
        assertEquals(1, named.size());
        assertEquals(2, named.get(0).size(), "this node and the other: " + named);
    }

    @Test
    @DisplayName("A node that leaves opens no subscription, drops no log, and whoever registers now gets a closed one")
    void leaves() {
        membersAre(SELF, OTHER);
        did(() -> shard.open("s", 1, new Opening.Latest(), at(0)));
        assertEquals(
                List.of(new Effect.SubscriptionsEnd(), new Effect.TellNode(new ToNode.SubscriptionsEnded())),
                announced(new ToShard.EndSubscriptions()));
        assertInstanceOf(Opened.Leaving.class, shard.open("s", 2, new Opening.Latest(), at(0)));
        assertEquals(0, consumers.taken());
        did(() -> shard.onMessage(register(OTHER, SELF), at(0)));
        held.add("t");
        assertTrue(
                logs.get("t").publish(Content.of(1, "", new byte[1]), 0, 0, outcome -> {}) instanceof Admission.Closed);
        did(() -> shard.onMessage(new Deregister("t", 0, new Session(OTHER, 1)), at(0)));
        assertEquals(List.of(new Effect.TellNode(new ToNode.Drained(true))), announced(new ToShard.Drain()));
        assertEquals(
                List.of(),
                announced(new ToShard.Forget(OTHER)).stream()
                        .filter(effect ->
                                effect instanceof Effect.TellNode tell && tell.message() instanceof ToNode.Drained)
                        .toList());
    }

    @Test
    @DisplayName("ruleP7: a node whose time to drain runs out says so if a reader has not acknowledged that it leaves")
    void drainsInVain() {
        membersAre(SELF, OTHER);
        did(() -> shard.onMessage(register(OTHER, SELF), at(0)));
        announced(new ToShard.EndSubscriptions());
        assertEquals(List.of(), announced(new ToShard.Drain()));
        assertEquals(
                List.of(new Effect.TellNode(new ToNode.Drained(false))),
                did(() -> shard.onTime("t", at(SETTINGS.drainTimeoutNs()))));
    }

    @Test
    @DisplayName(
            "G5: a node has consumers of so many topics, and a topic without subscriptions makes room for another one")
    void countsConsumers() {
        membersAre(SELF, OTHER);
        assertInstanceOf(Opened.Subscription.class, shard.open("a", 1, new Opening.Latest(), at(0)));
        assertInstanceOf(Opened.Subscription.class, shard.open("a", 2, new Opening.Latest(), at(0)));
        assertEquals(new Opened.TooManyTopics(1), shard.open("b", 3, new Opening.Latest(), at(0)));
        did(() -> shard.close("a", 1));
        assertEquals(new Opened.TooManyTopics(1), shard.open("b", 3, new Opening.Latest(), at(0)));
        did(() -> shard.close("a", 2));
        assertInstanceOf(Opened.Subscription.class, shard.open("b", 3, new Opening.Latest(), at(0)));
    }
}
