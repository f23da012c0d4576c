package dev.gapless.testkit.internal;

import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.table.TableHost;
import dev.gapless.internal.table.TableSettings;
import dev.gapless.internal.table.Tables;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The tables of one process: sources are read, and listeners called, in turns. Thread-safe. */
final class TestTables implements TableHost {
    private final Surroundings around;
    private final Subscriptions subscriptions;
    private final Executor completions;
    private final Object reads = new Object();
    private final Object listeners = new Object();
    private final Object soon = new Object();
    private final Tables tables = new Tables(this);

    TestTables(Surroundings around, Subscriptions subscriptions, Executor completions) {
        this.around = around;
        this.subscriptions = subscriptions;
        this.completions = completions;
    }

    <T> Table<T> open(Topic<T> topic, TableSource<T> source) {
        Table<T> table = tables.open(topic, source);
        around.turns().run();
        return table;
    }

    @Override
    public <T> Subscription subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient) {
        return subscriptions.subscribeUnseen(topic, start, settings, recipient);
    }

    @Override
    public TopicSettings topicSettings(String topic) {
        return around.topic(topic);
    }

    @Override
    public TopicMeasure measure(String topic) {
        return TopicMeasure.NONE;
    }

    @Override
    public TableSettings tableSettings() {
        return around.settings().table;
    }

    @Override
    public Clock clock() {
        return around.time();
    }

    @Override
    public double nextShare() {
        return around.random().nextDouble();
    }

    @Override
    public Executor blocking() {
        return what -> around.turns().addAndRun(reads, what);
    }

    @Override
    public Executor listeners() {
        return what -> around.turns().addAndRun(listeners, what);
    }

    @Override
    public Executor completions() {
        return completions;
    }

    @Override
    public Optional<String> otherCluster() {
        return Optional.empty();
    }

    @Override
    public boolean after(Duration wait, Runnable what) {
        if (wait.isZero()) {
            around.turns().add(soon, what);
            return true;
        }
        return subscriptions.after(wait, what);
    }
}
