package dev.gapless.simulation.explore;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.member.History;
import dev.gapless.core.producer.LogWriter;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import dev.gapless.simulation.node.Outside;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Violation;
import dev.gapless.simulation.oracle.Witness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One incarnation of a node, with a clock of its own that moves only when a timer goes off. */
final class ExploredNode implements Outside {
    /** Whatever ended is remembered, and counts at any time: times are no part of a state. */
    private static final History.Bounds HISTORY = new History.Bounds(Long.MAX_VALUE / 8, Long.MAX_VALUE / 8, 1_000);

    /** With other clusters what never happened counts as long ago. */
    private static final long LONG_AGO_NS = 1_000;

    private final ExploredWorld world;
    private final int host;
    private final String name;
    private final SimulatedNode node;
    private final Heard heard;
    private final Map<Long, Reader> readers = new LinkedHashMap<>();
    /** Changes of members that it has not learned of yet. */
    private final List<News> news = new ArrayList<>();
    /** Nodes that have dropped its cursors, and that it has not noticed to be silent. */
    private final Set<Long> forgottenBy = new TreeSet<>();
    /** Of which oldest members of other clusters it had a word. */
    private final Set<Long> heardOf = new TreeSet<>();
    /** Members that have not said their name. */
    private final Set<Long> strangers = new TreeSet<>();

    private long nowNs;
    private long published;
    private boolean flushWanted;

    /** What becomes of an incarnation. Who is up may be gone before anybody hears that it was up. */
    enum Becomes {
        JOINING,
        UP,
        REMOVED
    }

    /** A member came, or went. */
    record News(long uid, String address, Becomes what) {}

    ExploredNode(ExploredWorld world, int host, String name, long uid) {
        this.world = world;
        this.host = host;
        this.name = name;
        this.nowNs = world.configuration().isApart() ? LONG_AGO_NS : 0;
        // There is one log for each incarnation, and no jitter: its only random number is the epoch of that log.
        this.node = new SimulatedNode(
                uid,
                name,
                world.configuration().settings(),
                true,
                false,
                Long.MAX_VALUE,
                HISTORY,
                world.otherClusters(host),
                () -> uid,
                this);
        this.heard = new Heard(world::stamp, uid, new Apart(world, uid));
    }

    /** Has it, or its cluster, which is itself, had a word of that incarnation's cluster? */
    boolean hasHeardOf(long uid) {
        return heardOf.contains(uid);
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
        return !isNever(dueNs() - nowNs);
    }

    /** Does so long a time never pass? All that has passed meanwhile is next to nothing. */
    static boolean isNever(long ns) {
        return ns > Configuration.NEVER_NS / 2;
    }

    /** Where there are several clusters time goes on for the node, too. */
    private long dueNs() {
        return world.configuration().isApart() ? Math.min(node.nodeDeadlineNs(), node.deadlineNs()) : node.deadlineNs();
    }

    /** Its clock goes on to its next timer. */
    void timer() {
        nowNs = Math.max(nowNs, dueNs());
        if (world.configuration().isApart() && node.nodeDeadlineNs() <= nowNs) {
            node.onNodeTime();
        }
        if (node.deadlineNs() <= nowNs) {
            node.onTime();
        }
    }

    void flush() {
        flushWanted = false;
        node.flush();
    }

    void publish() {
        published++;
        node.publish(node.uid() * 1_000 + published, 0);
    }

    /**
     * Is it the first of what it is to learn of that incarnation? If that is gone, it need not learn first that it was up. Lives are seen joining
     * in their order.
     */
    boolean isNext(int newsIndex) {
        News next = news.get(newsIndex);
        for (News earlier : news.subList(0, newsIndex)) {
            boolean mayBeMissed = earlier.what == Becomes.UP
                    && next.what == Becomes.REMOVED
                    && world.configuration().joining();
            if ((earlier.uid == next.uid && !mayBeMissed)
                    || (earlier.what == Becomes.JOINING && next.what == Becomes.JOINING)) {
                return false;
            }
        }
        return true;
    }

    /** Has it still to learn that this incarnation joins? */
    boolean isToSeeJoining(long uid) {
        return news.stream().anyMatch(one -> one.uid == uid && one.what == Becomes.JOINING);
    }

    void learn(News learned) {
        switch (learned.what) {
            case JOINING -> {
                // Who was at its address is none of the members by then, whether or not it was seen up.
                news.removeIf(other ->
                        other.what == Becomes.UP && other.address.equals(learned.address) && other.uid < learned.uid);
                node.joining(learned.uid, learned.address);
            }
            case UP -> {
                appeared(learned.uid, learned.address);
                if (learned.uid == node.uid()) {
                    becomeUp();
                }
            }
            case REMOVED -> {
                news.removeIf(other -> other.uid == learned.uid);
                heard.removed(learned.uid);
                forgottenBy.remove(learned.uid);
                strangers.remove(learned.uid);
                node.removed(learned.uid);
            }
        }
    }

    void becomeUp() {
        node.selfUp();
    }

    void appeared(long uid, String address) {
        heard.appeared(uid, address);
        if (uid != node.uid()) {
            strangers.add(uid);
        }
        node.appeared(uid, address, uid % 100 * 100 + uid / 100); // first incarnations are older than second ones
    }

    /** Asks members for their names again. */
    void greetAgain() {
        node.askForNames();
    }

    void receive(Object message) {
        if (message instanceof Hello hello && hello.toUid() == node.uid()) {
            strangers.remove(hello.fromUid());
        }
        if (message instanceof ClusterProbe who) {
            heardOf.add(who.fromUid());
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
        if (world.configuration().isDurable() && reader(id).isReloading()) {
            throw new Violation(
                    "D7: nothing was lost, and yet it is told so: " + reader(id).describe());
        }
    }

    /** The log that it publishes to, if it is stored and has what its store had. */
    @Nullable Log openLog() {
        ProducerState producer = node.producer();
        if (producer == null) {
            return null;
        }
        LogWriter writer = producer.writer();
        return writer != null && writer.isOpen() ? producer.log() : null;
    }

    // ------------------------------------------------------------------ effects

    @Override
    public long nowMs() {
        return ExploredWorld.NOW_MS;
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
    public void sendTo(String address, NodeMessage message) {
        world.sendTo(host, address, message);
    }

    @Override
    public void givesWay(String address) {
        world.tellSoon(host, ExploredWorld.Word.LEAVES);
    }

    @Override
    public void openStore() {
        world.tellSoon(host, ExploredWorld.Word.STORE_IS_OPEN);
    }

    @Override
    public void store(StoreRequest request) {
        world.store(host).want(node.uid(), request);
    }

    @Override
    public void fenced(long laterUid) {
        world.tellSoon(host, ExploredWorld.Word.ENDS);
    }

    @Override
    public void begins(long uid, Epoch stream) {
        world.truth().logMade(name, uid, stream);
    }

    @Override
    public void logClosed(Epoch epoch) {
        world.truth().left(name, epoch);
    }

    @Override
    public void published(long id, Position at) {
        if (world.configuration().isDurable()) {
            world.truth().checkStored(name, at.epoch(), at.sequence(), id);
        } else {
            world.truth().appended(name, at.epoch(), at.sequence(), id, ExploredWorld.NOW_MS);
        }
    }

    @Override
    public void publishWaits(long id) {}

    @Override
    public void publishRefused(long id, String why) {
        if (world.configuration().isDurable() && !why.equals("Unknown")) {
            world.store(host).refuse(id);
        }
    }

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
