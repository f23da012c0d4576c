package dev.gapless.internal.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.core.Backoff;
import dev.gapless.core.Epoch;
import dev.gapless.core.TopicSettings;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a source is read, by a clock that this moves. */
class ReloadingTest {
    private static final long MS = 1_000_000;
    private static final Duration READ_TIMEOUT = Duration.ofMillis(500);

    private final Host host = new Host();
    private final Shown shown = new Shown();
    /** When the source was read, in milliseconds. */
    private final List<Long> reads = new ArrayList<>();

    private @Nullable RuntimeException down;

    private final TableSource<String> source = TableSource.versioned(
            () -> {
                reads.add(host.nowNs / MS);
                if (down != null) {
                    throw down;
                }
                return List.of("a");
            },
            row -> row,
            row -> 1);

    private final Reloading<String> reloading =
            new Reloading<>(shown, host, "t", new RowReader<>("t", source, host.tableSettings()));

    @Test
    void aSourceThatIsDownIsReadMoreAndMoreRarely() {
        down = new IllegalStateException("database down");
        reloading.want();
        host.pass(15_000);
        assertEquals(List.of(0L, 200L, 600L, 1_400L, 3_000L, 6_200L, 11_200L), reads);
        assertEquals(7, reloading.failures());
        assertSame(down, reloading.cause());
        assertEquals(0, shown.states);
    }

    @Test
    void onceItIsReadNothingIsLeftOfThatItWasDown() {
        down = new IllegalStateException("database down");
        reloading.want();
        host.pass(1_000);
        down = null;
        host.pass(1_000);
        assertEquals(1, shown.states);
        assertEquals(0, reloading.failures());
        assertNull(reloading.cause());
        down = new IllegalStateException("down again");
        reads.clear();
        reloading.want();
        host.pass(2_000);
        assertEquals(200, reads.get(1) - reads.get(0), "the backoff begins anew");
    }

    @Test
    void betweenTwoReadsTheIntervalPasses() {
        for (int i = 0; i <= 4; i++) {
            reloading.want();
            host.pass(300);
        }
        host.pass(5_000);
        assertEquals(List.of(0L, 1_000L, 2_000L), reads, "what is wanted meanwhile waits together");
    }

    @Test
    void whatIsWantedWhileTheSourceIsReadIsReadAfterwards() {
        host.reading = () -> {
            host.reading = () -> {};
            reloading.want();
            reloading.want();
        };
        reloading.want();
        host.pass(10_000);
        assertEquals(List.of(0L, 1_000L), reads);
    }

    @Test
    void aProducerThatCannotBeAskedIsAskedAgain() {
        shown.deaf = true;
        reloading.want();
        host.pass(100);
        assertEquals(1, reloading.failures());
        assertEquals(List.of(), reads);
        shown.deaf = false;
        host.pass(1_000);
        assertEquals(1, shown.states);
    }

    @Test
    void whatHasClosedReadsNothing() {
        reloading.want();
        reloading.close();
        host.pass(60_000);
        assertEquals(List.of(), reads);
        assertFalse(reloading.isReading());
        assertTrue(host.tasks.isEmpty());
    }

    /** What is read is shown. */
    private static final class Shown implements Reloading.Reloaded<String> {
        int states;
        boolean deaf;

        @Override
        public void locked(Runnable what) {
            what.run();
        }

        @Override
        public void askHeads(BiConsumer<@Nullable Map<Epoch, Long>, @Nullable Throwable> told) {
            told.accept(deaf ? null : Map.of(), deaf ? new IllegalStateException("no answer") : null);
        }

        @Override
        public void beginRead(Map<Epoch, Long> heads) {}

        @Override
        public void failRead() {}

        @Override
        public @Nullable Throwable refused(RowReader.Read<String> read) {
            return null;
        }

        @Override
        public void endRead(RowReader.Read<String> read) {
            states++;
        }

        @Override
        public boolean isMissing() {
            return false;
        }

        @Override
        public void close(String why, Throwable cause) {
            throw new AssertionError(why, cause);
        }
    }

    /** A node whose time passes when it is told to. */
    private static final class Host implements TableHost, Clock {
        private record Task(long atNs, Runnable what) {}

        long nowNs;
        final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::atNs));
        /** What happens while a source is read. */
        Runnable reading = () -> {};

        void pass(long ms) {
            long untilNs = nowNs + ms * MS;
            for (Task next = tasks.peek(); next != null && next.atNs() <= untilNs; next = tasks.peek()) {
                tasks.remove();
                nowNs = next.atNs();
                next.what().run();
            }
            nowNs = untilNs;
        }

        @Override
        public boolean after(Duration wait, Runnable what) {
            tasks.add(new Task(nowNs + wait.toNanos(), what));
            return true;
        }

        @Override
        public long ms() {
            return nowNs / MS;
        }

        @Override
        public long ns() {
            return nowNs;
        }

        @Override
        public Clock clock() {
            return this;
        }

        @Override
        public TopicSettings topicSettings(String topic) {
            return TopicSettings.DEFAULTS.with(draft -> {
                draft.reloadBackoff = new Backoff(200 * MS, 5_000 * MS);
                draft.reloadIntervalNs = 1_000 * MS;
                draft.reloadJitterNs = 0;
            });
        }

        @Override
        public TableSettings tableSettings() {
            return new TableSettings(100, 1_000, 0, READ_TIMEOUT, false, false, Duration.ofSeconds(1), 10);
        }

        @Override
        public TopicMeasure measure(String topic) {
            return TopicMeasure.NONE;
        }

        @Override
        public double nextShare() {
            return 0;
        }

        @Override
        public Executor blocking() {
            return task -> {
                reading.run();
                task.run();
            };
        }

        @Override
        public Executor listeners() {
            return Runnable::run;
        }

        @Override
        public Executor completions() {
            return Runnable::run;
        }

        @Override
        public Optional<String> otherCluster() {
            return Optional.empty();
        }

        @Override
        public <T> Subscription subscribe(
                Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient) {
            throw new AssertionError("nobody subscribes here");
        }
    }
}
