package dev.gapless.bench.jmh;

import dev.gapless.bench.peer.BenchMessage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Messages of many producers, one by one and in turn, come to the subscriptions of one node: the core alone, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProducersBenchmark {
    private static final int DELIVERIES = 1_000;

    @Param({"1", "30", "300"})
    private int producers;

    /** Divides the number of deliveries. */
    @Param({"1", "1000"})
    private int subscribers;

    private ConsumerSeam core;

    @Setup
    public void subscribe() {
        core = new ConsumerSeam(producers, subscribers, BenchMessage.of(BenchMessage.BYTES, 1, 0));
    }

    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public int deliver() {
        int delivered = 0;
        for (int i = 0; i < DELIVERIES / subscribers; i++) {
            delivered += core.deliver();
        }
        if (delivered != DELIVERIES) {
            throw new IllegalStateException(delivered + " messages were read, of " + DELIVERIES);
        }
        return delivered;
    }
}
