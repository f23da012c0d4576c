package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The signs of life between a client and the gateway: {@link Pings} of a WebSocket, {@link Comments} of a stream, and that the client takes
 * what it is sent. Thread-safe.
 */
final class KeepAlive {
    private final FrameSender frames;
    private final boolean isStream;
    private final long writeTimeoutNs;
    private final Pings pings;
    private final Comments comments;

    KeepAlive(GatewaySettings settings, FrameSender frames, boolean isStream) {
        this.frames = frames;
        this.isStream = isStream;
        this.writeTimeoutNs = settings.writeTimeout.toNanos();
        this.pings = new Pings(settings.pingInterval);
        this.comments = new Comments(settings.commentInterval);
    }

    /** The client has given a sign of life. */
    void heard() {
        pings.heard();
    }

    /** The client waits for the head of its stream. */
    void headBecomesDue() {
        comments.headBecomesDue();
    }

    /** Why a client in this state is to be disconnected; null if it is not. */
    @Nullable Closing givenUp(ClientState state, long nowNs) {
        if (frames.isStuck(nowNs, writeTimeoutNs)) {
            return Closing.STUCK;
        }
        if (state instanceof ClientState.Ending ending && nowNs - ending.sinceNs() > 2 * writeTimeoutNs) {
            return ending.why();
        }
        if (isStream) {
            return null;
        }
        if (frames.isBusy()) {
            pings.heard(); // it takes what is written, if not within write-timeout
        }
        return pings.isGivenUp(nowNs) ? Closing.SILENT : null;
    }

    /** {@return whether the client is to be sent a sign of life} */
    boolean becomesDue(long nowNs) {
        return isStream ? comments.becomesDue(nowNs, frames.sentNs()) : pings.becomesDue(nowNs);
    }

    // ------------------------------------------------------------------ for the client's turns

    /**
     * {@return whether a ping is to be sent now}
     *
     * @param isRead is its answer read when it comes?
     */
    boolean takePing(boolean isRead) {
        return !isStream && pings.take(isRead);
    }

    /**
     * {@return whether a comment is to be sent now}
     *
     * @param hasBegun has the topic begun, and the head been sent with it?
     */
    boolean takeComment(BooleanSupplier hasBegun) {
        return isStream && comments.take(hasBegun);
    }

    /** A comment was to be sent, and there is nothing to say. */
    void passComment() {
        comments.pass();
    }
}
