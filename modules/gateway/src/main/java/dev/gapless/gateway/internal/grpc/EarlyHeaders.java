package dev.gapless.gateway.internal.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Objects;

/** Lets a service send the headers of its response before there is a response. */
final class EarlyHeaders implements ServerInterceptor {
    private static final Context.Key<Runnable> SEND = Context.key("gapless-early-headers");

    /** Headers are sent once, whoever comes first. For one thread at a time, as the call. */
    private static final class Once<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private boolean sent;

        Once(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!sent && !isCancelled()) {
                sent = true;
                super.sendHeaders(headers);
            }
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Once<Q, R> once = new Once<>(call);
        Context context = Context.current().withValue(SEND, () -> once.sendHeaders(new Metadata()));
        return Contexts.interceptCall(context, once, headers, next);
    }

    /** Sends those of the call that begins on this thread. */
    static Runnable ofCall() {
        return Objects.requireNonNull(SEND.get(), "not within a call");
    }
}
