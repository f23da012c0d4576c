package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.SubscribeTopicResponse.ContentCase;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** What a gRPC call is given, one after the other. */
final class GrpcStream<Q, R> implements ClientResponseObserver<Q, R>, TestGateway.Client {
    /** A connection to the gateway. */
    record Connection(ManagedChannel channel) implements TestGateway.Client {
        static Connection to(TestGateway gateway) {
            String target = "127.0.0.1:" + gateway.gateway().grpcPort().orElseThrow();
            return gateway.closing(new Connection(Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
                    .build()));
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    private final LinkedBlockingQueue<R> responses = new LinkedBlockingQueue<>();
    /** Those that say only where it is: they may come at any time, and are apart from the rest. */
    private final LinkedBlockingQueue<R> places = new LinkedBlockingQueue<>();

    private final CompletableFuture<StatusRuntimeException> end = new CompletableFuture<>();
    private final int first;
    ClientCallStreamObserver<Q> call;

    /** @param first so many responses are taken; Integer.MAX_VALUE for all */
    private GrpcStream(int first) {
        this.first = first;
    }

    /** Takes what comes. */
    static <Q, R> GrpcStream<Q, R> open(Q request, BiConsumer<Q, ? super GrpcStream<Q, R>> method) {
        return open(Integer.MAX_VALUE, request, method);
    }

    static <Q, R> GrpcStream<Q, R> open(int first, Q request, BiConsumer<Q, ? super GrpcStream<Q, R>> method) {
        GrpcStream<Q, R> stream = new GrpcStream<>(first);
        method.accept(request, stream);
        return stream;
    }

    /** One whose requests are a stream, too. */
    static <Q, R> GrpcStream<Q, R> both(java.util.function.Consumer<? super GrpcStream<Q, R>> method) {
        GrpcStream<Q, R> stream = new GrpcStream<>(Integer.MAX_VALUE);
        method.accept(stream);
        return stream;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> started) {
        call = started;
        if (first < Integer.MAX_VALUE) {
            started.disableAutoRequestWithInitial(first);
        }
    }

    @Override
    public void onNext(R response) {
        (isPlaceAlone(response) ? places : responses).add(response);
    }

    @Override
    public void onError(Throwable cause) {
        end.complete(
                cause instanceof StatusRuntimeException status
                        ? status
                        : Status.fromThrowable(cause).asRuntimeException());
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK.asRuntimeException());
    }

    private static boolean isPlaceAlone(Object response) {
        return response instanceof SubscribeTopicResponse said && said.getContentCase() == ContentCase.CONTENT_NOT_SET;
    }

    /** The next one that says more than where it is. */
    R next() {
        return next(responses);
    }

    /** The next one that says only where it is. */
    R progress() {
        return next(places);
    }

    private R next(LinkedBlockingQueue<R> queue) {
        try {
            R next = queue.poll(TestGateway.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertNotNull(next, () -> "nothing came; the end: " + end.getNow(null));
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Does a response come? False once it has ended without one. */
    boolean hasNext() {
        TestGateway.await(() -> !responses.isEmpty() || end.isDone());
        return !responses.isEmpty();
    }

    List<R> next(int number) {
        List<R> some = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            some.add(next());
        }
        return some;
    }

    boolean isEmpty() {
        return responses.isEmpty();
    }

    boolean isOver() {
        return end.isDone();
    }

    /** How it ended. */
    Status.Code status() {
        return TestGateway.get(end).getStatus().getCode();
    }

    String why() {
        return TestGateway.get(end).getStatus().getDescription();
    }

    String trailer(String name) {
        Metadata trailers = TestGateway.get(end).getTrailers();
        return trailers == null ? null : trailers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    @Override
    public void close() {
        call.cancel("the test is over", null);
    }
}
