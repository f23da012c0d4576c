package dev.gapless.bench.jmh;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Producer;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.ClusterNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One message goes to all subscriptions of the publishing node itself: through the public API, and over no wire. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FanOutBenchmark {
    private static final int MESSAGES = 1_000;

    @Param({"1", "10", "1000"})
    private int subscriptions;

    private final LongAdder delivered = new LongAdder();
    private final byte[] message = BenchMessage.of(BenchMessage.BYTES, 1, 0);
    private ClusterNode node;
    private Producer<byte[]> producer;
    private long expected;

    @Setup
    public void subscribe() throws Exception {
        node = new ClusterNode(ClusterNode.GAPLESS);
        node.join(node.address(), 1);
        Gapless gapless = Gapless.get(node.system());
        Topic<byte[]> topic = Topic.of("bench", byte[].class);
        producer = gapless.producer(topic);
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < subscriptions; i++) {
            all.add(gapless.subscribe(topic, StartFrom.latest(), new Counting(delivered)));
        }
        for (Subscription one : all) {
            var unused = one.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    @TearDown
    public void end() throws Exception {
        node.system().terminate();
        var unused = node.system().getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long publish() {
        for (int i = 0; i < MESSAGES; i++) {
            var unused = producer.publish(message);
        }
        expected += (long) MESSAGES * subscriptions;
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (delivered.sum() < expected) {
            if (System.nanoTime() - untilNs > 0) {
                throw new IllegalStateException(delivered.sum() + " were delivered, of " + expected);
            }
            Thread.onSpinWait();
        }
        return expected;
    }

    private record Counting(LongAdder delivered) implements MessageHandler<byte[]> {
        @Override
        public void onMessage(Delivery<byte[]> delivery) {
            delivered.increment();
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
            return CompletableFuture.failedFuture(new IllegalStateException(expired.toString()));
        }
    }
}
