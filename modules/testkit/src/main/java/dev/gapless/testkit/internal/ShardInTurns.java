package dev.gapless.testkit.internal;

import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.node.Quota;
import dev.gapless.core.wire.Packet;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.shard.ServedTopic;
import dev.gapless.internal.shard.ShardDriver;
import dev.gapless.internal.time.Clock;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Where the one shard of a process runs: in the turns of that process. */
final class ShardInTurns implements ShardDriver.Place {
    private final Surroundings around;
    private final TestMember process;
    private final LocalLogs logs;
    private final TestStore store;
    private final Consumer<ToNode> node;
    private final ShardDriver driver;
    private long dueNs = Long.MAX_VALUE;

    /**
     * A shard without topics.
     *
     * @param process whose turns they are
     * @param store of durable topics
     * @param node is told what the shard has to tell it
     */
    ShardInTurns(Surroundings around, TestMember process, LocalLogs logs, TestStore store, Consumer<ToNode> node) {
        this.around = around;
        this.process = process;
        this.logs = logs;
        this.store = store;
        this.node = node;
        this.driver = new ShardDriver(
                this,
                process.uid(),
                around::topic,
                logs.gate(),
                new AtomicLong()::incrementAndGet,
                around.random(),
                new Quota(around.settings().maxTopics));
    }

    /** In a turn of the process. */
    ShardDriver driver() {
        return driver;
    }

    /** When it wants {@link #onTime}, or {@code Long.MAX_VALUE}. */
    long dueNs() {
        return dueNs;
    }

    void onTime() {
        if (dueNs <= around.time().ns()) {
            dueNs = Long.MAX_VALUE;
            driver.onTime();
        }
    }

    @Override
    public Clock clock() {
        return around.time();
    }

    @Override
    public void send(long toUid, Packet packet) {
        around.links().send(process, toUid, packet);
    }

    @Override
    public void tellNode(ToNode message) {
        node.accept(message);
    }

    @Override
    public void startTimer(long afterNs) {
        dueNs = around.time().ns() + afterNs;
    }

    @Override
    public Runnable looker(ServedTopic topic) {
        return () -> around.turns().addAndRun(process, () -> driver.look(topic));
    }

    @Override
    public String nameOf(long uid) {
        return around.links().nameOf(uid);
    }

    @Override
    public ProducerLog producer(String topic) {
        return logs.of(topic);
    }

    @Override
    public boolean drop(ProducerLog producer) {
        return logs.drop(producer);
    }

    @Override
    public void store(String topic, StoreRequest request) {
        around.turns().add(process, () -> {
            StoreAnswer answer = process.isGone() ? null : store.carryOut(topic, request);
            if (answer != null) {
                driver.onStore(topic, answer);
            }
        });
    }

    @Override
    public void logBroken(String topic, String why) {}

    @Override
    public void logFenced(String topic) {}

    @Override
    public TopicMeasure stats(String topic) {
        return TopicMeasure.NONE;
    }

    @Override
    public void missed(Effect.Missed missed) {}

    @Override
    public void moved(ProducerLog producer, Effect.CursorMoved moved) {}

    @Override
    public void producerEnded(String topic) {}

    @Override
    public void givenUp(String topic, Set<String> producers) {}

    @Override
    public void consumerEnded(String topic) {}
}
