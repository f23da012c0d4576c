package dev.gapless.gateway.internal.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.FillInterest;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a client has closed its side of a connection that nobody reads. Jetty reads nothing of HTTP/1.1 while an answer is under way,
 * and the answer that is an event stream goes on for hours. What the client sends meanwhile is kept for the next reader; a client that sends
 * more than {@link #MOST_BYTES} is watched no longer. Thread-safe.
 */
final class EndOfInput implements Callback {
    /** TLS says goodbye in fewer, and nobody else has anything to say here. */
    private static final int MOST_BYTES = 256;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final FillInterest interest;
    /** What was read ahead. Guarded by this, as are the others. */
    private ByteBuffer ahead = NOTHING;

    private @Nullable Runnable ended;
    /** This is what the selector tells that something can be read. */
    private boolean isRegistered;

    EndOfInput(SocketChannel channel, FillInterest interest) {
        this.channel = channel;
        this.interest = interest;
    }

    /** Runs this once if the client closes its side before {@link #forget()}. */
    synchronized void watch(Runnable whenEnded) {
        ended = whenEnded;
        register();
    }

    /** The end is of no interest any more. */
    synchronized void forget() {
        ended = null;
    }

    private void register() {
        isRegistered = ahead.remaining() < MOST_BYTES && interest.tryRegister(this);
    }

    /** A reader is about to register: it comes first. The caller holds the lock of this until the reader has registered. */
    synchronized void giveWay() {
        if (isRegistered) {
            isRegistered = false;
            interest.onFail(new IOException("somebody else reads"));
        }
    }

    synchronized boolean isRegistered() {
        return isRegistered;
    }

    /** Moves what was read ahead. {@return the number of bytes} */
    synchronized int take(ByteBuffer to) {
        int taken = BufferUtil.append(to, ahead);
        if (!ahead.hasRemaining()) {
            ahead = NOTHING;
        }
        return taken;
    }

    /** The next reader need not wait. */
    synchronized boolean isAhead() {
        return ahead.hasRemaining();
    }

    @Override
    public void succeeded() {
        Runnable toRun = null;
        boolean isWaitedFor;
        synchronized (this) {
            isRegistered = false;
            if (ended == null) {
                return;
            }
            if (readAhead()) {
                register();
            } else {
                toRun = ended;
                ended = null;
            }
            isWaitedFor = !isRegistered && ahead.hasRemaining();
        }
        if (toRun != null) {
            toRun.run();
        }
        if (isWaitedFor) {
            interest.fillable(); // a reader that has registered meanwhile waits for what is here
        }
    }

    /** {@return false at the end} */
    private boolean readAhead() {
        ByteBuffer more = ByteBuffer.allocate(MOST_BYTES);
        more.put(ahead);
        try {
            return channel.read(more) >= 0;
        } catch (IOException e) {
            return false;
        } finally {
            more.flip();
            ahead = more.hasRemaining() ? more : NOTHING;
        }
    }

    @Override
    public void failed(Throwable cause) {
        // Its connection has ended, of which others are told, or it gave way.
    }
}
