package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Principal;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.GaplessGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.Set;

/** Who calls, and from where. Health and reflection are for all. */
final class Callers implements ServerInterceptor {
    private static final Context.Key<SocketAddress> ADDRESS = Context.key("gapless-address");
    private static final Context.Key<Principal> PRINCIPAL = Context.key("gapless-principal");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Set<String> PROTECTED = Set.of(GaplessGrpc.SERVICE_NAME, DocumentChangesGrpc.SERVICE_NAME);

    private final Common common;

    Callers(Common common) {
        this.common = common;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        boolean isProtected =
                PROTECTED.contains(String.valueOf(call.getMethodDescriptor().getServiceName()));
        Principal principal;
        try {
            principal = common.access().ofHeader(isProtected ? headers.get(AUTHORIZATION) : null);
            if (isProtected && principal.isAnonymous() && !common.access().admitsAnonymous()) {
                throw new Caller("", principal)
                        .refused("call " + call.getMethodDescriptor().getFullMethodName());
            }
        } catch (RequestException e) {
            common.tally().refused(e.kind().code());
            StatusRuntimeException refused = Statuses.of(e, common.reconnectMs());
            call.close(refused.getStatus(), Objects.requireNonNullElseGet(refused.getTrailers(), Metadata::new));
            return new ServerCall.Listener<>() {};
        }
        SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        Context context = Context.current().withValue(ADDRESS, address).withValue(PRINCIPAL, principal);
        return Contexts.interceptCall(context, call, headers, next);
    }

    /** Of the call that begins on this thread. */
    static Caller caller() {
        return new Caller(host(), PRINCIPAL.get());
    }

    private static String host() {
        return ADDRESS.get() instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress().getHostAddress()
                : String.valueOf(ADDRESS.get());
    }

    /** Its address and port. */
    static String hostAndPort() {
        return ADDRESS.get() instanceof InetSocketAddress internet ? host() + ":" + internet.getPort() : host();
    }
}
