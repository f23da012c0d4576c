package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.Bytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames to a client, one at a time, from one buffer: the next frame is made when the socket has taken the one before. For the
 * client's turns, except where it says otherwise.
 */
final class FrameSender {
    private static final long SLOW_NS = Duration.ofSeconds(1).toNanos();

    private final Common common;
    private final Transport transport;
    private final Framing framing;
    private final Runnable disconnected;
    private final Runnable wake;
    /** What is being made, or is under way; null if the client rests. */
    private @Nullable Bytes frame;
    /** The socket has not taken all of the frame yet. */
    private volatile boolean underWay;
    /** When the last frame was begun. */
    private volatile long sentNs = System.nanoTime();
    /** The client took long over its last frame that was not small. */
    private volatile boolean slow;

    /**
     * @param disconnected is run, on any thread, when the connection turns out to have ended
     * @param wake is run, on any thread, when the next frame may be sent
     */
    FrameSender(Common common, Transport transport, Framing framing, Runnable disconnected, Runnable wake) {
        this.common = common;
        this.transport = transport;
        this.framing = framing;
        this.disconnected = disconnected;
        this.wake = wake;
    }

    /** The buffer, empty, in which the next frame is made. Nothing is under way. */
    Bytes empty() {
        assert !underWay;
        Bytes to = frame;
        if (to == null) {
            to = new Bytes();
            frame = to;
        }
        to.truncate(0);
        return to;
    }

    /** Sends what was made in the buffer, with what it shares with frames of other clients. */
    void send(List<ByteBuffer> bytes) {
        assert !underWay;
        underWay = true;
        sentNs = System.nanoTime();
        common.sent().frame(bytes.stream().mapToInt(ByteBuffer::remaining).sum());
        Unsent.Held held = common.unsent().take(Objects.requireNonNull(frame));
        transport.send(bytes, failure -> taken(held, failure));
    }

    /** Sends what has no form of its own; nothing if the protocol says such things otherwise. */
    void tell(ObjectNode message) {
        List<ByteBuffer> bytes = framing.object(empty(), message);
        if (bytes != null) {
            send(bytes);
        }
    }

    /** Any thread: the next turn finds the client disconnected, or sends the next frame. */
    private void taken(Unsent.Held held, @Nullable Throwable failure) {
        if (failure != null) {
            disconnected.run();
        }
        if (!held.isSmall()) {
            slow = System.nanoTime() - sentNs > SLOW_NS;
        }
        held.release();
        underWay = false;
        wake.run();
    }

    /** Gives the buffer back: no frame is to be made for now. */
    void rest() {
        frame = null;
    }

    /** Does the client take long over its frames? */
    boolean isSlow() {
        return slow;
    }

    // ------------------------------------------------------------------ any thread

    /** Has the socket not taken all of the last frame? */
    boolean isBusy() {
        return underWay;
    }

    /** When the last frame was begun; when there was none, since when it has been awaited. */
    long sentNs() {
        return sentNs;
    }

    /** Has the socket taken nothing of the frame for so long? */
    boolean isStuck(long nowNs, long timeoutNs) {
        return underWay && nowNs - Math.max(sentNs, transport.progressNs()) > timeoutNs;
    }
}
