package dev.gapless.gateway.internal.web;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Slice;
import java.time.Duration;

/**
 * How much of one request is published before consumers have what came before: a part of the ring, so that nothing is overwritten that
 * they have not got, whatever the topic's settings say. One thread at a time.
 */
final class Pace {
    /** So many requests may publish to a topic at once. */
    private static final int PARTS = 4;

    private final long mostMessages;
    private final long mostBytes;
    private final Duration timeout;
    private long messages;
    private long bytes;

    Pace(TopicSettings settings) {
        this.mostMessages = Math.max(1, settings.bufferMessages() / PARTS);
        this.mostBytes = settings.bufferBytes() / PARTS;
        this.timeout = Duration.ofNanos(settings.backpressureTimeoutNs());
    }

    /** Another message of this length. {@return false if consumers are to have the others first; then it is to be asked again} */
    boolean takes(int length) {
        long size = length + (long) Slice.OVERHEAD_BYTES;
        if (messages > 0 && (messages + 1 > mostMessages || bytes + size > mostBytes)) {
            messages = 0;
            bytes = 0;
            return false;
        }
        messages++;
        bytes += size;
        return true;
    }

    /** For how long consumers are waited for. */
    Duration timeout() {
        return timeout;
    }
}
