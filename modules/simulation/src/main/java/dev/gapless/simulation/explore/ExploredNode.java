package dev.gapless.simulation.explore;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.Packet;
import dev.gapless.simulation.node.Outside;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Witness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One life of a node, with a clock of its own that moves only when a timer goes off. */
final class ExploredNode implements Outside {
    private final World world;
    private final int host;
    private final String name;
    private final SimulatedNode node;
    private final Heard heard;
    private final Map<Long, Reader> readers = new LinkedHashMap<>();
    /** Changes of members that it has not learned of yet. */
    private final List<News> news = new ArrayList<>();
    /** Nodes that have dropped its cursors, and that it has not noticed to be silent. */
    private final Set<Long> forgottenBy = new TreeSet<>();
    /** Members that have not said their name. */
    private final Set<Long> strangers = new TreeSet<>();

    private long nowNs;
    private long published;
    private boolean flushWanted;

    /** A member came, or went. */
    record News(long uid, String address, boolean appeared) {}

    ExploredNode(World world, int host, String name, long uid) {
        this.world = world;
        this.host = host;
        this.name = name;
        // There is one log for each life, and no jitter: its only random number is the epoch of that log.
        this.node = new SimulatedNode(uid, name, world.configuration().settings(), Long.MAX_VALUE, () -> uid, this);
        this.heard = new Heard(world::stamp);
    }

    int host() {
        return host;
    }

    SimulatedNode node() {
        return node;
    }

    Heard heard() {
        return heard;
    }

    List<News> news() {
        return news;
    }

    Map<Long, Reader> readers() {
        return readers;
    }

    Reader reader(long id) {
        return Objects.requireNonNull(readers.get(id));
    }

    boolean wantsToFlush() {
        return flushWanted;
    }

    Set<Long> forgottenBy() {
        return forgottenBy;
    }

    // ------------------------------------------------------------------ inputs

    boolean hasTimer() {
        return node.deadlineNs() != Long.MAX_VALUE;
    }

    /** Its clock goes on to its next timer. */
    void timer() {
        nowNs = Math.max(nowNs, node.deadlineNs());
        node.onTime();
    }

    void flush() {
        flushWanted = false;
        node.flush();
    }

    void publish() {
        published++;
        node.publish(node.uid() * 1_000 + published, 0);
    }

    /** Is it the first of what it is to learn of that life? */
    boolean isNext(int newsIndex) {
        long uid = news.get(newsIndex).uid;
        return news.subList(0, newsIndex).stream().noneMatch(earlier -> earlier.uid == uid);
    }

    void learn(News learned) {
        if (learned.appeared) {
            appeared(learned.uid, learned.address);
        } else {
            heard.removed(learned.uid);
            forgottenBy.remove(learned.uid);
            strangers.remove(learned.uid);
            node.removed(learned.uid);
        }
    }

    void appeared(long uid, String address) {
        heard.appeared(uid, address);
        if (uid != node.uid()) {
            strangers.add(uid);
        }
        node.appeared(uid, address);
    }

    /** Asks members for their names again. */
    void greetAgain() {
        node.askForNames();
    }

    void receive(Object message) {
        if (message instanceof Hello hello && hello.toUid() == node.uid()) {
            strangers.remove(hello.fromUid());
        }
        node.receive(message);
    }

    Set<Long> strangers() {
        return strangers;
    }

    void silent(long uid) {
        forgottenBy.remove(uid);
        node.silent(uid);
    }

    void subscribe(Opening how, Witness witness) {
        Reader reader = new Reader(world.oracle(), node, witness);
        readers.put(witness.id(), reader);
        world.oracle().opened(witness, heard);
        node.subscribe(witness.id(), how, reader::begin);
    }

    void unsubscribe(long id) {
        readers.remove(id);
        node.unsubscribe(id);
    }

    void leave() {
        ProducerState producer = node.producer();
        if (producer != null) {
            world.truth().left(name, producer.log().identity().epoch());
        }
        node.leave();
    }

    void read(long id) {
        reader(id).read(nowNs);
    }

    // ------------------------------------------------------------------ effects

    @Override
    public long nowMs() {
        return World.NOW_MS;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void send(long toUid, Packet message) {
        world.send(host, toUid, message);
    }

    @Override
    public void logMade(Epoch epoch) {
        world.truth().logMade(name, node.uid(), epoch);
    }

    @Override
    public void published(long id, Position at) {
        world.truth().appended(name, at.epoch(), at.sequence(), id, World.NOW_MS);
    }

    @Override
    public void publishWaits(long id) {}

    @Override
    public void publishRefused(long id, String why) {}

    @Override
    public void wantsFlush() {
        flushWanted = true;
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        world.oracle().ready(reader(subscription).witness(), heard);
    }

    @Override
    public void subscriptionsEnd() {
        readers.clear();
    }

    @Override
    public void forgotten(long silentUid) {}

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {}

    @Override
    public void missed(
            String producer, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {}
}
