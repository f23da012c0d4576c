package dev.gapless.testkit.internal;

import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Generation;
import dev.gapless.core.node.Joined;
import dev.gapless.core.node.Node;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.node.Shard;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import dev.gapless.internal.node.Settings;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.shard.ShardDriver;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * One process of a node: drives the core's {@link Node} and its shard, as the actors of a cluster's node do, but in turns. It decides
 * nothing. Turns can be added, and its name, logs and flags read, on any thread; the rest is for its turns.
 */
final class TestProcess implements TestMember, VirtualTime.Timed, Outbox.Carrier {
    private final Surroundings around;
    private final long uid;
    private final String name;
    private final LocalLogs logs;
    private final Outbox outbox = new Outbox();
    private final Node node;
    private final ShardInTurns shard;
    private final Generation generation;
    private final Set<Long> members = new LinkedHashSet<>();
    private final Set<Long> unreachable = new HashSet<>();
    private volatile boolean closing;
    private volatile boolean gone;

    /** A process that has just started, and is no member yet; publishers are answered on this executor. */
    TestProcess(Surroundings around, String name, Executor completions) {
        this.around = around;
        this.uid = around.nextUid();
        this.name = name;
        this.logs = new LocalLogs(uid, around, completions);
        Settings settings = around.settings();
        NodeSettings self = new NodeSettings(
                uid,
                name,
                List.of(),
                around.time().ms(),
                1,
                settings.pingInterval.toNanos(),
                settings.cursorRetention.toNanos(),
                NodeSettings.HELLO_BACKOFF,
                settings.history,
                settings.stores(),
                false,
                settings.publishes(),
                null);
        this.node = new Node(self, logs::close, outbox, now());
        TestStore store = around.store(name);
        this.generation = store.opened(uid);
        this.shard = new ShardInTurns(around, this, logs, store, this::tellNode);
        around.time().add(this);
    }

    private Now now() {
        return new Now(around.time().ms(), around.time().ns());
    }

    LocalLogs logs() {
        return logs;
    }

    @Override
    public long uid() {
        return uid;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String address() {
        return name + ":1";
    }

    // ------------------------------------------------------------------ its incarnation

    @Override
    public boolean isGone() {
        return gone;
    }

    /** Has it begun to leave? */
    boolean isClosing() {
        return closing;
    }

    /** It is gone, without a word. */
    void crash() {
        gone = true;
        around.time().remove(this);
        logs.close();
    }

    /** Begins to leave in good order: subscriptions end, and then producers drain. */
    void leave() {
        closing = true;
        logs.leave();
        node.leave(now());
        settle();
    }

    /** Has it drained, or has its time for that run out? */
    boolean hasLeft() {
        return node.hasLeft();
    }

    // ------------------------------------------------------------------ the node

    private void settle() {
        outbox.drain(this);
    }

    @Override
    public void send(long toUid, Packet packet) {
        around.links().send(this, toUid, packet);
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.TellShards tell) {
            turn(driver -> driver.onNode(tell.message()));
        } else if (effect instanceof Effect.OpenStore) {
            turn(unused -> {
                node.storeOpened(generation, now());
                settle();
            });
        }
    }

    private void tellNode(ToNode message) {
        turn(unused -> {
            node.onShard(0, message, now());
            settle();
        });
    }

    @Override
    public void up() {
        appeared(uid, address());
        node.up(now());
        settle();
    }

    @Override
    public void appeared(long memberUid, String address) {
        members.add(memberUid);
        node.appeared(new Joined(memberUid, address, "", memberUid), now());
        settle();
    }

    @Override
    public void removed(long memberUid) {
        members.remove(memberUid);
        unreachable.remove(memberUid);
        node.removed(memberUid, now());
        settle();
    }

    @Override
    public void reachability(long memberUid, boolean reachable) {
        if (reachable) {
            unreachable.remove(memberUid);
        } else {
            unreachable.add(memberUid);
        }
        node.reachability(memberUid, reachable);
        settle();
    }

    @Override
    public void receive(Packet packet) {
        if (gone) {
            return;
        }
        if (packet instanceof Message message) {
            shard.driver().onMessage(message);
        } else if (packet instanceof NodeMessage message) {
            node.onMessage(message, now());
            settle();
        }
    }

    // ------------------------------------------------------------------ the shard

    /** A turn for its shard, later; none once it is gone. */
    void turn(Consumer<ShardDriver> what) {
        around.turns().add(this, () -> {
            if (!gone) {
                what.accept(shard.driver());
            }
        });
    }

    /** A turn for its shard: soon, and if nobody is at it, now. */
    void turnNow(Consumer<ShardDriver> what) {
        turn(what);
        around.turns().run();
    }

    @Override
    public Shard shard() {
        return shard.driver().shard();
    }

    /** Meanwhile its producer of this topic waits for nobody, as if no member could be reached. */
    void waitingForNobody(ProducerLog producer, Runnable what) {
        shard.driver().produce(producer);
        members.forEach(member -> tellShard(member, false));
        try {
            what.run();
        } finally {
            members.stream().filter(member -> !unreachable.contains(member)).forEach(member -> tellShard(member, true));
        }
    }

    private void tellShard(long memberUid, boolean reachable) {
        shard.driver().onNode(new ToShard.Reachability(memberUid, reachable));
    }

    // ------------------------------------------------------------------ time

    @Override
    public long dueNs() {
        return Math.min(node.deadlineNs(), shard.dueNs());
    }

    @Override
    public void onTime() {
        if (gone) {
            return;
        }
        if (node.deadlineNs() <= around.time().ns()) {
            node.onTime(now());
            settle();
        }
        shard.onTime();
    }
}
