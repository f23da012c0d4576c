package dev.gapless.bench.jmh;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.wire.Batch;
import dev.gapless.internal.wire.WireSerializer;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;

/** All that the benchmarks know of the core's inside: a log, and what of it goes over the wire. */
final class CoreSeam {
    /** Pekko's serializer of byte arrays. */
    private static final int BYTE_ARRAYS = 4;

    private static final int MOST_MESSAGES = 1_000;

    private final TopicSettings settings = TopicSettings.DEFAULTS;
    private final Log log = new Log(LogIdentity.fresh(new Epoch(1), 0), settings, Gate.opened());
    private final WireSerializer serializer = new WireSerializer(null);
    private final String manifest;

    /** One whose ring is full. */
    CoreSeam(byte[] message) {
        for (int i = 0; i < settings.bufferMessages(); i++) {
            append(message);
        }
        manifest = serializer.manifest(read());
    }

    Object append(byte[] message) {
        return log.publish(Content.of(BYTE_ARRAYS, "", message), 0, 0, outcome -> {});
    }

    /** The latest messages, as they are read to be sent: up to 1,000, as many as a batch takes. */
    Object read() {
        long first = log.head() - MOST_MESSAGES + 1;
        Reading.Messages read = (Reading.Messages) log.read(first, MOST_MESSAGES, settings.batchBytes());
        return new Batch("bench", 0, new Session(1, 1), first, 1, log.head(), false, read.slices());
    }

    /** How many messages {@link #read} gives. */
    static int messagesOf(Object batch) {
        return ((Batch) batch).count();
    }

    void encode(Object batch, ByteBuffer buffer) {
        serializer.toBinary(batch, buffer);
    }

    Object decode(ByteBuffer buffer) throws NotSerializableException {
        return serializer.fromBinary(buffer, manifest);
    }
}
