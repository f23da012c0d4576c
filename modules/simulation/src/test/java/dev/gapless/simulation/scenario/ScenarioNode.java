package dev.gapless.simulation.scenario;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.member.History;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import dev.gapless.simulation.node.Outside;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Heard;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One incarnation of a node. */
final class ScenarioNode implements Outside {
    private final World world;
    private final String address;
    private final String nodeName;
    private final String name;
    private final TopicSettings settings;
    private final SimulatedNode node;
    private final Heard heard;
    private long skewMs;
    private long alarmNs = Long.MAX_VALUE;
    boolean drained;
    /** What its shards were told and have not come to; null unless they are busy. */
    private @Nullable List<Runnable> announced;

    ScenarioNode(
            World world,
            String address,
            String nodeName,
            int number,
            long uid,
            TopicSettings settings,
            boolean publishesElsewhere,
            @Nullable OtherClusterSettings others,
            long skewMs) {
        this.world = world;
        this.address = address;
        this.nodeName = nodeName;
        this.name = nodeName + "." + number;
        this.settings = settings;
        this.skewMs = skewMs;
        this.node = new SimulatedNode(
                uid,
                nodeName,
                settings,
                settings.publishing() || publishesElsewhere,
                false,
                Settings.CURSOR_RETENTION_NS,
                History.Bounds.DEFAULT,
                others,
                new SplittableRandom(uid),
                this);
        this.heard = new Heard(world::stamp, uid, world.others(uid));
    }

    SimulatedNode node() {
        return node;
    }

    long uid() {
        return node.uid();
    }

    /** The name of the node, which it shares with its earlier and later incarnations. */
    String nodeName() {
        return nodeName;
    }

    /** Where it runs; the same as the name, unless the scenario says otherwise. */
    String address() {
        return address;
    }

    String name() {
        return name;
    }

    TopicSettings settings() {
        return settings;
    }

    Heard heard() {
        return heard;
    }

    /** The stream that it may publish. */
    Epoch stream() {
        return Epoch.of(uid(), SimulatedNode.TOPIC);
    }

    /** Its wall clock is wrong by this much. */
    void skew(long ms) {
        skewMs = ms;
    }

    /** Sets the alarm to when the node wants to be called, unless it is set to an earlier time: as the actors do. */
    void plan() {
        alarmNs = Math.min(alarmNs, node.deadlineNs());
    }

    /** When {@link #onTime} is due; never more for one that has drained, and only waits for its end. */
    long dueNs() {
        return drained ? Long.MAX_VALUE : Math.min(node.nodeDeadlineNs(), alarmNs);
    }

    /** Does what is due by now. */
    void onTime() {
        if (node.nodeDeadlineNs() <= nowNs()) {
            node.onNodeTime();
        }
        if (alarmNs <= nowNs()) {
            alarmNs = Long.MAX_VALUE;
            node.onTime();
        }
    }

    @Override
    public long nowMs() {
        return Names.BEGIN_MS + nowNs() / 1_000_000 + skewMs;
    }

    @Override
    public long nowNs() {
        return world.nowNs();
    }

    /** Its shards come to nothing that the node tells them, though to messages. */
    void becomeBusy() {
        announced = new ArrayList<>();
    }

    void becomeFree() {
        List<Runnable> all = Objects.requireNonNull(announced, name + " is not busy");
        announced = null;
        all.forEach(Runnable::run);
    }

    @Override
    public void pass(Queue queue, Runnable delivery) {
        if (announced != null && (queue == Queue.TO_SHARD || queue == Queue.TO_OTHER_SHARD)) {
            announced.add(delivery);
        } else {
            delivery.run();
        }
    }

    @Override
    public void send(long toUid, Packet message) {
        world.network().send(this, toUid, message);
    }

    @Override
    public void sendTo(String to, NodeMessage message) {
        world.network().sendTo(this, to, message);
    }

    @Override
    public void onSilentSeed(String at) {
        world.story().tell(name + " warns that " + at + " listens and says nothing");
    }

    @Override
    public void onSeedHeard(String at) {
        world.story().tell(name + " says that " + at + " is silent no more");
    }

    @Override
    public void givesWay(String to) {
        world.story().tell(name + " gives way to " + to);
    }

    @Override
    public void openStore() {
        world.store(address).open(this);
    }

    @Override
    public void store(StoreRequest request) {
        world.store(address).store(this, request);
    }

    @Override
    public void fenced(long laterUid) {
        world.story().tell(name + " is fenced by " + world.names().incarnation(laterUid) + ", and ends");
        world.fenced(this);
    }

    @Override
    public void begins(long uid, Epoch stream) {
        world.names().log(stream, name);
        world.truth().logMade(nodeName, uid, stream);
    }

    @Override
    public void logClosed(Epoch closed) {
        world.truth().left(nodeName, closed);
    }

    @Override
    public void published(long id, Position at) {
        if (world.truth().mayComeAgain(id)) {
            publishedAgain(id, at);
            return;
        }
        if (settings.durable()) {
            world.truth().checkStored(nodeName, at.epoch(), at.sequence(), id);
        } else {
            world.truth().appended(nodeName, at.epoch(), at.sequence(), id, nowMs());
        }
        world.story().tell("published", name, at.sequence());
    }

    private void publishedAgain(long id, Position at) {
        boolean isThere = world.truth().has(nodeName, at.epoch(), at.sequence(), id);
        if (!isThere) {
            world.truth().appended(nodeName, at.epoch(), at.sequence(), id, nowMs());
        }
        world.truth().checkOnce(nodeName, id, node.logOf(SimulatedNode.TOPIC));
        world.story()
                .tell(
                        isThere
                                ? "is published already, at sequence " + at.sequence()
                                : "published again, at sequence " + at.sequence());
    }

    @Override
    public void publishWaits(long id) {
        world.story().tell("a publish waits");
    }

    @Override
    public void publishRefused(long id, String why) {
        world.story().tell("a publish is refused: " + why);
    }

    @Override
    public void wantsFlush() {
        world.wantsFlush(this);
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        world.ready(this, subscription, new TreeSet<>(silent));
    }

    @Override
    public void heardNothingOf(long silentUid) {
        if (silentUid != uid() || world.shows("self")) {
            world.story().tell(name + " hears nothing of " + world.names().incarnation(silentUid));
        }
    }

    @Override
    public void subscriptionsEnd() {
        world.subscriptionsEnd(this);
    }

    @Override
    public void nameTaken(long olderUid) {
        world.story().tell(name + " gives way to " + world.names().incarnation(olderUid));
    }

    @Override
    public void forgotten(long silentUid) {
        world.story().tell(name + " forgets " + world.names().incarnation(silentUid));
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {
        if (world.shows("status")) {
            String from = sent < 0 ? "" : " from " + (sent + 1);
            world.story()
                    .tell(name + " status: cursor of " + world.names().session(session) + " expired, " + reason + from
                            + " to " + resumeAt);
        }
    }

    @Override
    public void missed(
            String producer, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {
        if (world.shows("status")) {
            world.story()
                    .tell(name + " status: its feed misses " + producer + " behind "
                            + world.names().position(behind) + " up to "
                            + world.names().position(upTo) + ", " + reason);
        }
    }
}
