package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.RequestException;
import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.InternalMetadata;
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

    /** Whose calls count together until it is known whose they are. */
    private static final String UNKNOWN = "";
    /** A name or a value in the heap has as many more. */
    private static final int TEXT_BYTES = 64;

    private static void nothing() {}

    private final Common common;

    /** For the transport's thread, except where it says otherwise. */
    private final class OfCall extends ServerStreamTracer {
        private final Budget.Account account = common.budget().account(Share.UNFINISHED, UNKNOWN);
        private final Budget.Account head = common.budget().exactAccount(Share.HEADS, UNKNOWN);
        /** The sizes of the messages that are complete, and that nobody has taken. */
        private final Queue<Long> complete = new ConcurrentLinkedQueue<>();

        private long partial;
        private long taken; // guarded by this
        private boolean closed; // guarded by this
        /** Why the call is ended: there is no room for what it has sent. */
        private volatile @Nullable RequestException refusal;

        private volatile @Nullable Runnable end;
        /** Says that the message that has come is done with. For the call's thread. */
        private Runnable next = Inbound::nothing;

        OfCall(Metadata headers) {
            if (!head.add(bytes(headers))) {
                refusal = Common.overBudget("The call has more metadata than there is room for", "this address");
            }
        }

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> call) {
            String address = Caller.addressOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
            head.become(address);
            account.become(address);
        }

        @Override
        public Context filterContext(Context context) {
            return context.withValue(OF_CALL, this);
        }

        @Override
        public void inboundWireSize(long bytes) {
            if (refusal != null) {
                return;
            }
            partial += bytes;
            if (!account.add(bytes)) {
                refusal = Common.overloaded();
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
            head.clear();
            account.keep(taken);
        }

        /** The message that has come is dealt with by whoever takes it. {@return what says that it is done with} On the call's thread. */
        synchronized Runnable take() {
            Long size = complete.poll();
            if (size == null || closed || refusal != null) {
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
            if (refusal != null && how != null) {
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

    private static long bytes(Metadata headers) {
        long bytes = 0;
        for (byte[] text : InternalMetadata.serialize(headers)) {
            bytes += TEXT_BYTES + text.length;
        }
        return bytes;
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
        return new OfCall(headers);
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
            RequestException refusal = Objects.requireNonNull(counted.refusal);
            common.tally().refused(refusal.kind().code());
            StatusRuntimeException status = Statuses.of(refusal, common.reconnectMs());
            Metadata trailers = status.getTrailers();
            endable.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            listener.onCancel(); // whoever serves it has not ended it
        });
        return listener;
    }
}
