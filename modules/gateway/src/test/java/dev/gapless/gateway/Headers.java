package dev.gapless.gateway;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;

/** Tells when the headers of a call's response come. */
final class Headers implements ClientInterceptor {
    final CompletableFuture<Metadata> came = new CompletableFuture<>();

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onHeaders(Metadata answered) {
                                came.complete(answered);
                                super.onHeaders(answered);
                            }

                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                came.completeExceptionally(status.asRuntimeException());
                                super.onClose(status, trailers);
                            }
                        },
                        headers);
            }
        };
    }
}
