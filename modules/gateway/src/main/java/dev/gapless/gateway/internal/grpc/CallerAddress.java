package dev.gapless.gateway.internal.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Where a call comes from. */
final class CallerAddress implements ServerInterceptor {
    private static final Context.Key<SocketAddress> ADDRESS = Context.key("gapless-caller");

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return Contexts.interceptCall(Context.current().withValue(ADDRESS, address), call, headers, next);
    }

    /** Its address alone, of the call that begins on this thread. */
    static String host() {
        return ADDRESS.get() instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress().getHostAddress()
                : String.valueOf(ADDRESS.get());
    }

    /** Its address and port. */
    static String hostAndPort() {
        return ADDRESS.get() instanceof InetSocketAddress internet ? host() + ":" + internet.getPort() : host();
    }
}
