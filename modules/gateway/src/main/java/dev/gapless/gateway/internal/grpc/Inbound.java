package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Unfinished;
import dev.gapless.gateway.internal.json.RequestException;
import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Counts what calls have sent of messages that are not complete, or not dealt with yet, and ends the call for which there is no room. The
 * transport tells of the bytes, long before there is a message. Thread-safe.
 */
final class Inbound extends ServerStreamTracer.Factory implements ServerInterceptor {
    private static final Context.Key<OfCall> OF_CALL = Context.key("gapless-inbound");

    private static void nothing() {}

    private final Common common;

    /** For the transport's thread, except where it says otherwise. */
    private final class OfCall extends ServerStreamTracer {
        private final Unfinished.Account account = common.unfinished().account();
        /** The sizes of the messages that are complete, and that nobody has taken. */
        private final Queue<Long> complete = new ConcurrentLinkedQueue<>();

        private long partial;
        private long taken; // guarded by this
        private boolean closed; // guarded by this
        private volatile boolean full;
        private volatile @Nullable Runnable end;
        /** Says that the message that has come is done with. For the call's thread. */
        private Runnable next = Inbound::nothing;

        @Override
        public Context filterContext(Context context) {
            return context.withValue(OF_CALL, this);
        }

        @Override
        public void inboundWireSize(long bytes) {
            if (full) {
                return;
            }
            partial += bytes;
            if (!account.add(bytes)) {
                full = true;
                endIfFull();
            }
        }

        @Override
        public void inboundMessageRead(int number, long wireBytes, long bytes) {
            complete.add(partial);
            partial = 0;
        }

        /** What was taken is held by those who deal with it. */
        @Override
        public synchronized void streamClosed(Status status) {
            closed = true;
            account.keep(taken);
        }

        /** The message that has come is dealt with by whoever takes it. {@return what says that it is done with} On the call's thread. */
        synchronized Runnable take() {
            Long size = complete.poll();
            if (size == null || closed || full) {
                return Inbound::nothing;
            }
            taken += size;
            return () -> free(size);
        }

        private synchronized void free(long size) {
            taken -= size;
            account.free(size);
        }

        /** The message is dealt with, unless somebody has taken it. On the call's thread. */
        void dealtWith() {
            Runnable done = next;
            next = Inbound::nothing;
            done.run();
        }

        /** The call has begun, and is ended by that. On the call's thread. */
        void begun(Runnable howToEnd) {
            end = howToEnd;
            endIfFull();
        }

        private void endIfFull() {
            Runnable how = end;
            if (full && how != null) {
                common.executor().execute(how); // not within what the transport is at
            }
        }
    }

    /** A call that may be ended at any time, by any thread. */
    private static final class Endable<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private boolean over;

        Endable(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!over) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(R message) {
            if (!over) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!over) {
                over = true;
                super.close(status, trailers);
            }
        }

        synchronized boolean isOver() {
            return over;
        }
    }

    Inbound(Common common) {
        this.common = common;
    }

    /**
     * Takes the message that has come on this thread: it may wait for longer than it is dealt with.
     *
     * @return is to be run once when nothing holds it any more
     */
    static Runnable takeMessage() {
        OfCall call = Objects.requireNonNull(OF_CALL.get(), "not within a call");
        Runnable done = call.next;
        call.next = Inbound::nothing;
        return done;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new OfCall();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        OfCall counted = OF_CALL.get();
        Endable<Q, R> endable = new Endable<>(call);
        ServerCall.Listener<Q> listener = new SimpleForwardingServerCallListener<>(next.startCall(endable, headers)) {
            @Override
            public void onMessage(Q message) {
                counted.next = counted.take();
                if (!endable.isOver()) {
                    super.onMessage(message);
                }
                counted.dealtWith();
            }
        };
        counted.begun(() -> {
            RequestException refusal = Unfinished.refusal();
            common.tally().refused(refusal.kind().code());
            StatusRuntimeException status = Statuses.of(refusal, common.reconnectMs());
            Metadata trailers = status.getTrailers();
            endable.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            listener.onCancel(); // whoever serves it has not ended it
        });
        return listener;
    }
}
