package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Principal;
import dev.gapless.gateway.internal.access.Shown;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.GaplessGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who calls, and from where. Health and reflection are for all. */
final class Callers implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

    private static final Context.Key<String> ADDRESS = Context.key("gapless-address");
    private static final Context.Key<Integer> PORT = Context.key("gapless-port");
    private static final Context.Key<Principal> PRINCIPAL = Context.key("gapless-principal");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> FORWARDED =
            Metadata.Key.of("forwarded", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> FORWARDED_FOR =
            Metadata.Key.of("x-forwarded-for", Metadata.ASCII_STRING_MARSHALLER);
    private static final Set<String> PROTECTED = Set.of(GaplessGrpc.SERVICE_NAME, DocumentChangesGrpc.SERVICE_NAME);

    private final Common common;
    private final GrpcListening listening;
    private final boolean isBehindProxies;

    Callers(Common common, GrpcListening listening) {
        this.common = common;
        this.listening = listening;
        this.isBehindProxies = common.settings().isBehindProxies();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        boolean isProtected =
                PROTECTED.contains(String.valueOf(call.getMethodDescriptor().getServiceName()));
        Shown shown = isProtected ? new Shown(headers.get(AUTHORIZATION), null, certificate(call)) : Shown.NOTHING;
        CompletableFuture<Principal> principal =
                common.access().principal(shown).toCompletableFuture();
        Context current = Context.current();
        if (principal.isDone()) {
            return begin(call, headers, next, isProtected, principal, current);
        }
        LateListener<Q> late = new LateListener<>();
        var unused = principal.whenComplete((known, failure) -> {
            try {
                late.begin(begin(call, headers, next, isProtected, principal, current));
            } catch (RuntimeException e) {
                LOG.error("A call failed as it began. This is a defect of Gapless", e);
                call.close(Status.INTERNAL, new Metadata());
            }
        });
        return late;
    }

    /** It is known who calls, or that it is not let in. */
    private <Q, R> ServerCall.Listener<Q> begin(
            ServerCall<Q, R> call,
            Metadata headers,
            ServerCallHandler<Q, R> next,
            boolean isProtected,
            CompletableFuture<Principal> known,
            Context current) {
        SocketAddress socket = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String peer = Caller.addressOf(socket);
        String address =
                common.settings().trustedProxies.client(peer, all(headers, FORWARDED), all(headers, FORWARDED_FOR));
        Caller unknown = new Caller(address, common.access().anonymous());
        Principal principal;
        try {
            principal = known.join();
            if (isProtected
                    && isBehindProxies
                    && !common.settings().trustedProxies.has(peer)) {
                throw new RequestException(
                        Kind.FORBIDDEN_ADDRESS,
                        "The gateway is for the proxies of gapless.gateway.trusted-proxies alone");
            }
            if (isProtected && principal.isAnonymous() && !common.access().admitsAnonymous()) {
                throw unknown.refused("call " + call.getMethodDescriptor().getFullMethodName());
            }
        } catch (CompletionException | RequestException e) {
            RequestException refusal = RequestException.of(e);
            common.refused(unknown, refusal);
            StatusRuntimeException refused = Statuses.of(refusal, common.reconnectMs());
            call.close(refused.getStatus(), Objects.requireNonNullElseGet(refused.getTrailers(), Metadata::new));
            return new ServerCall.Listener<>() {};
        }
        if (!common.access().isOn()
                || (isProtected && !common.access().isUnknown(principal))
                || common.settings().trustedProxies.has(peer)) {
            listening.speaks(socket, call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
        }
        Context context = current.withValue(ADDRESS, address)
                .withValue(PORT, port(socket))
                .withValue(PRINCIPAL, principal);
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static @Nullable X509Certificate certificate(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            return session != null && session.getPeerCertificates()[0] instanceof X509Certificate its ? its : null;
        } catch (SSLPeerUnverifiedException e) {
            return null; // it has shown none
        }
    }

    /** Of the call that begins on this thread. */
    static Caller caller() {
        return new Caller(ADDRESS.get(), PRINCIPAL.get());
    }

    /** Its address, and the port of who has connected. */
    static String hostAndPort() {
        return ADDRESS.get() + ":" + PORT.get();
    }

    private static int port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress internet ? internet.getPort() : 0;
    }

    private static List<String> all(Metadata headers, Metadata.Key<String> key) {
        Iterable<String> values = headers.getAll(key);
        List<String> all = new ArrayList<>();
        if (values != null) {
            values.forEach(all::add);
        }
        return all;
    }
}
