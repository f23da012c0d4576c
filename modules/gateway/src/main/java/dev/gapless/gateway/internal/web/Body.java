package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request part by part, and no faster than the parts are dealt with: the next one is asked of the client when the
 * stage of the one before is done. A part is a line, or all of it. One thread at a time.
 */
final class Body {
    /** A body of so many times the bytes of a part is read to its end, even if it is refused. */
    private static final int DROPPED = 16;

    /** Deals with a part. */
    interface Parts {
        /** {@return null if it is done with, or when it is} What it throws ends the reading. */
        @Nullable CompletionStage<?> part(byte[] bytes, int from, int length);

        /** The next part is not dealt with. {@return why} */
        RequestException refused(RequestException why);
    }

    private final Request request;
    private final boolean byLine;
    private final int mostBytes;
    private final Parts parts;
    private final Common common;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private byte[] data = new byte[4 << 10];
    private final Budget.Account account;
    private int from;
    private int to;
    /** Up to here there is no line end. Invariant: at least {@code from}. */
    private int scanned;

    private boolean last;
    /** What the last line end left was dealt with. */
    private boolean finished;
    /** What the client is to be told, while the rest is dropped. */
    private @Nullable Throwable refusal;

    private volatile boolean ended;
    /** The client has not sent the next bytes yet. Guarded by this. */
    private boolean waiting;
    /** How many times the client was waited for. Guarded by this. */
    private long waits;
    /** How long it was waited for the part that has begun. */
    private long waitedNs;

    /** @param holder for whom it counts */
    Body(Request request, boolean byLine, Parts parts, Common common, String holder) {
        this.request = request;
        this.byLine = byLine;
        this.mostBytes = common.settings().maxBodyBytes;
        this.parts = parts;
        this.common = common;
        this.account = common.budget().account(Share.UNFINISHED, holder);
        var unused = done.whenComplete((read, failure) -> account.clear());
    }

    /** Begins. {@return when all parts are dealt with; fails with what one fails with, or if the client goes} */
    CompletableFuture<Void> read() {
        go();
        return done;
    }

    private void go() {
        try {
            while (drain()) {
                if (last) {
                    done.complete(null);
                    return;
                }
                if (ended) {
                    throw parts.refused(RequestException.closing());
                }
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    awaitMore(this::go);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    done.completeExceptionally(parts.refused(refusal(chunk.getFailure())));
                    return;
                }
                last = chunk.isLast();
                try {
                    add(chunk.getByteBuffer());
                } finally {
                    chunk.release();
                }
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /**
     * A client that is still sending reads no answer, and loses it when its connection is closed. What is left of a body whose length
     * is known is read, and dropped.
     */
    private void fail(Throwable failure) {
        refusal = failure;
        if (last || request.getLength() < 0 || request.getLength() > (long) DROPPED * mostBytes) {
            done.completeExceptionally(failure);
            return;
        }
        Content.Chunk chunk = request.read();
        while (chunk != null) {
            if (Content.Chunk.isFailure(chunk)) {
                done.completeExceptionally(failure);
                return;
            }
            last = chunk.isLast();
            chunk.release();
            if (last) {
                done.completeExceptionally(failure);
                return;
            }
            chunk = request.read();
        }
        awaitMore(() -> fail(failure));
    }

    /** Ends it after the part that is under way: another part is neither dealt with nor awaited. Any thread. */
    void end() {
        ended = true;
        if (stopsWaiting()) {
            Throwable known = refusal;
            done.completeExceptionally(known == null ? parts.refused(RequestException.closing()) : known);
        }
    }

    private void awaitMore(Runnable next) {
        long wait;
        long fromNs = System.nanoTime();
        synchronized (this) {
            waiting = true;
            wait = ++waits;
            request.demand(() -> {
                if (stopsWaiting()) {
                    waitedNs += System.nanoTime() - fromNs;
                    next.run();
                }
            });
        }
        if (!byLine || to > from) { // between lines, the connection's own timeout applies
            common.later().accept(Duration.ofNanos(Math.max(0, patienceNs() - waitedNs)), () -> tooSlow(wait));
        }
        if (ended) {
            end();
        }
    }

    /** How long a client may take for what it has sent of this part. */
    private long patienceNs() {
        GatewaySettings settings = common.settings();
        return settings.headerTimeout.toNanos() + (to - from) * 1_000_000_000L / settings.minBodyBytesPerSecond;
    }

    /** The client still has not sent what was waited for. */
    private void tooSlow(long wait) {
        synchronized (this) {
            if (!waiting || waits != wait) {
                return;
            }
            waiting = false;
        }
        Throwable known = refusal;
        done.completeExceptionally(
                known != null
                        ? known
                        : parts.refused(new RequestException(
                                Kind.TOO_SLOW,
                                "The message comes too slowly: send it in gapless.gateway.header-timeout, or with more than"
                                        + " gapless.gateway.min-body-bytes-per-second")));
    }

    private synchronized boolean stopsWaiting() {
        boolean waited = waiting;
        waiting = false;
        return waited;
    }

    /** A body that breaks off, or is not what its head says, is the client's doing. */
    private static RequestException refusal(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new RequestException(
                    Kind.TOO_SLOW, "Nothing more of the body came within gapless.gateway.idle-timeout", failure);
        }
        String why =
                failure instanceof HttpException wrong ? String.valueOf(wrong.getReason()) : "the connection broke";
        return new RequestException(
                Kind.BODY_INCOMPLETE, "The body ends before its time, or is not what its head says: " + why, failure);
    }

    private void add(ByteBuffer bytes) {
        int more = bytes.remaining();
        if (from > 0) {
            System.arraycopy(data, from, data, 0, to - from);
            to -= from;
            scanned -= from;
            from = 0;
        }
        if (data.length - to < more) {
            int length = Math.max(to + more, 2 * data.length);
            if (!account.add(length - data.length)) {
                throw Common.overloaded();
            }
            data = Arrays.copyOf(data, length);
        }
        bytes.get(data, to, more);
        to += more;
    }

    /** Deals with what is complete. {@return whether all of that is done with} */
    private boolean drain() {
        while (true) {
            int end = byLine ? lineEnd() : -1;
            int length = (end < 0 ? to : end) - from;
            if (length > mostBytes) {
                throw parts.refused(new RequestException(
                        Kind.TOO_LARGE,
                        (byLine ? "The line" : "The body")
                                + " has more bytes than gapless.gateway.max-body-bytes allows: " + mostBytes));
            }
            boolean isRest = end < 0 && last && !finished && !(byLine && length == 0);
            if (end < 0 && !isRest) {
                return true;
            }
            if (ended && byLine) {
                throw parts.refused(RequestException.closing());
            }
            int start = from;
            waitedNs = 0;
            from = isRest ? to : end + 1;
            scanned = from;
            finished = isRest;
            CompletionStage<?> stage = parts.part(data, start, length);
            if (stage != null && !stage.toCompletableFuture().isDone()) {
                stage.whenComplete((value, failure) -> common.executor().execute(() -> resume(failure)));
                return false;
            }
            if (stage != null) {
                stage.toCompletableFuture().join();
            }
        }
    }

    private void resume(@Nullable Throwable failure) {
        if (failure != null) {
            fail(failure);
        } else {
            go();
        }
    }

    private int lineEnd() {
        while (scanned < to) {
            if (data[scanned] == '\n') {
                return scanned;
            }
            scanned++;
        }
        return -1;
    }
}
