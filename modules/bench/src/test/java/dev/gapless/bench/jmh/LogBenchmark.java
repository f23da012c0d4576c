package dev.gapless.bench.jmh;

import dev.gapless.bench.peer.BenchMessage;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One message is appended; one batch of 100-byte messages is read, encoded and decoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogBenchmark {
    private final byte[] message = BenchMessage.of(BenchMessage.BYTES, 1, 0);
    private final ByteBuffer encoded = ByteBuffer.allocateDirect(256 << 10);
    private CoreSeam core;
    private Object batch;
    private ByteBuffer scratch;

    @Setup
    public void fill() {
        core = new CoreSeam(message);
        batch = core.read();
        scratch = ByteBuffer.allocateDirect(encoded.capacity());
        core.encode(batch, encoded);
        encoded.flip();
    }

    @Benchmark
    public Object append() {
        return core.append(message);
    }

    @Benchmark
    public Object readBatch() {
        return core.read();
    }

    @Benchmark
    public ByteBuffer encodeBatch() {
        scratch.clear();
        core.encode(batch, scratch);
        return scratch;
    }

    @Benchmark
    public Object decodeBatch() throws NotSerializableException {
        return core.decode(encoded.duplicate());
    }
}
