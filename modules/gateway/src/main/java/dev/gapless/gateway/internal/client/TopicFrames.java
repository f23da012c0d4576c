package dev.gapless.gateway.internal.client;

import dev.gapless.core.CursorToken;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames that tell a client of its topics. Each method that sends one is false if there is nothing to send. For the client's turns.
 */
final class TopicFrames {
    private final Cursors cursors;
    private final Framing framing;
    private final FrameSender frames;
    private final ClientCounters counters;
    private final Runnable wake;
    /** The topic that the last frame was of, until that frame is written. */
    private @Nullable TopicCursor writing;

    /** @param wake is run when there is more to read, and others have their turn before */
    TopicFrames(Cursors cursors, Framing framing, FrameSender frames, ClientCounters counters, Runnable wake) {
        this.cursors = cursors;
        this.framing = framing;
        this.frames = frames;
        this.counters = counters;
        this.wake = wake;
    }

    /** What the last frame told has been taken by the socket. {@return whether the client is to end, since the ring overtook it} */
    boolean written() {
        TopicCursor last = writing;
        writing = null;
        return last != null && last.written();
    }

    /** A topic is ready. */
    boolean begin() {
        for (TopicCursor cursor : cursors.all()) {
            List<ByteBuffer> begun = cursor.begin(framing, frames::empty);
            if (begun != null) {
                frames.send(begun);
                return true;
            }
        }
        return false;
    }

    /** One frame of the next topic that has something: the one that was last comes last. */
    boolean events() {
        for (int i = cursors.size(); i > 0; i--) {
            TopicCursor cursor = cursors.next();
            long laggedBefore = cursor.lagged();
            long claimedBefore = cursor.claimed();
            TopicCursor.Written written = cursor.write(framing, frames.empty(), frames.isSlow());
            if (written != null) {
                counters.count(written.events(), cursor.lagged() - laggedBefore, cursor.claimed() - claimedBefore);
                writing = cursor;
                frames.send(written.frame());
                return true;
            }
        }
        if (cursors.hasMore()) {
            wake.run(); // much was left out: others have their turn meanwhile
        }
        return false;
    }

    /** How far the only topic of a stream is, which has no events. */
    boolean idle() {
        CursorToken progress =
                cursors.hasBegun() ? cursors.all().iterator().next().progress() : null;
        List<ByteBuffer> idle = framing.idle(frames.empty(), progress);
        if (idle == null) {
            return false;
        }
        frames.send(idle);
        return true;
    }
}
