package dev.gapless.gateway.internal.grpc;

import dev.gapless.StartFrom;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.OnLag;
import dev.gapless.gateway.internal.client.SubscribeRequest;
import dev.gapless.gateway.internal.client.TopicFilter;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The service {@code Gapless}. Thread-safe. */
final class TopicService {
    private final Common common;
    private final Clients clients;

    TopicService(Common common, Clients clients) {
        this.common = common;
        this.clients = clients;
    }

    /** As generated, except that what is sent to subscribers is bytes already. */
    ServerServiceDefinition definition() {
        MethodDescriptor<SubscribeTopicRequest, ByteBuffer> subscribe = Frames.of(GaplessGrpc.getSubscribeMethod());
        MethodDescriptor<PublishRequest, PublishResponse> publish = GaplessGrpc.getPublishMethod();
        ServiceDescriptor service = ServiceDescriptor.newBuilder(GaplessGrpc.SERVICE_NAME)
                .setSchemaDescriptor(GaplessGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(publish)
                .addMethod(subscribe)
                .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(publish, ServerCalls.asyncBidiStreamingCall(this::publish))
                .addMethod(subscribe, ServerCalls.asyncServerStreamingCall(this::subscribe))
                .build();
    }

    private void subscribe(SubscribeTopicRequest request, StreamObserver<ByteBuffer> observer) {
        ServerCallStreamObserver<ByteBuffer> call = (ServerCallStreamObserver<ByteBuffer>) observer;
        try {
            SubscribeRequest wanted = wanted(request, Callers.caller());
            CallOutlet.open(call, common, clients, new BatchFraming(common)).start(List.of(wanted));
        } catch (RequestException e) {
            common.refused(Callers.caller(), e);
            call.onError(Statuses.of(e, common.reconnectMs()));
        }
    }

    private SubscribeRequest wanted(SubscribeTopicRequest request, Caller caller) {
        String topic = JsonPublisher.topic(request.getTopic()).name();
        caller.checkSubscribe(topic);
        StartFrom start = request.getFrom().isEmpty() ? StartFrom.latest() : common.start(request.getFrom(), topic);
        OnLag onLag = switch (request.getOnLag()) {
            case ON_LAG_CLOSE -> OnLag.CLOSE;
            case ON_LAG_UNSPECIFIED, ON_LAG_RESYNC -> OnLag.RESYNC;
            case UNRECOGNIZED ->
                throw new RequestException(
                        RequestException.Kind.BAD_MESSAGE, "on_lag " + request.getOnLagValue() + " is not known");
        };
        long most = request.hasMaxMessageBytes() ? request.getMaxMessageBytes() : Long.MAX_VALUE;
        return new SubscribeRequest(
                topic,
                start,
                TopicFilter.of(orAll(request.getNodesList()), orAll(request.getKeysList()), caller),
                onLag,
                most < 0 ? Long.MAX_VALUE : most, // unsigned
                request.getState());
    }

    private static @Nullable List<String> orAll(List<String> some) {
        return some.isEmpty() ? null : some;
    }

    private StreamObserver<PublishRequest> publish(StreamObserver<PublishResponse> observer) {
        ServerCallStreamObserver<PublishResponse> call = (ServerCallStreamObserver<PublishResponse>) observer;
        try {
            Callers.caller().checkPublishes();
            Clients.Admission admission = clients.admit(Callers.caller());
            return clients.add(admission, (id, release) -> new PublishStream(id, call, common, release));
        } catch (RequestException e) {
            common.refused(Callers.caller(), e);
            call.onError(Statuses.of(e, common.reconnectMs()));
            return new Refused<>();
        }
    }

    /** What still comes is dropped. */
    private static final class Refused<T> implements StreamObserver<T> {
        @Override
        public void onNext(T value) {}

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
    }
}
