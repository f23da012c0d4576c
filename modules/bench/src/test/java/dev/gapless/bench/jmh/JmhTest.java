package dev.gapless.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.bench.peer.BenchMessage;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Benchmarks run, for a moment and in this process. Nothing is asserted of what they took. */
class JmhTest {
    /** With -Dbench.all the fan-out does, too, which starts an actor system. */
    private static final boolean ALL = Boolean.getBoolean("bench.all");

    @Test
    void everyBenchmarkOfTheCoreRuns() throws Exception {
        System.setProperty("jmh.ignoreLock", "true");
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(ALL ? "dev.gapless.bench.jmh" : "LogBenchmark|ProducersBenchmark")
                        .param("subscriptions", "10")
                        .param("producers", "30")
                        .param("subscribers", "1000")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(10))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertEquals(ALL ? 6 : 5, results.size());
    }

    @Test
    void whatIsDecodedIsWhatWasEncoded() throws Exception {
        CoreSeam core = new CoreSeam(BenchMessage.of(BenchMessage.BYTES, 1, 0));
        Object batch = core.read();
        ByteBuffer buffer = ByteBuffer.allocate(256 << 10);
        core.encode(batch, buffer);
        assertEquals(CoreSeam.messagesOf(batch), CoreSeam.messagesOf(core.decode(buffer.flip())));
    }
}
