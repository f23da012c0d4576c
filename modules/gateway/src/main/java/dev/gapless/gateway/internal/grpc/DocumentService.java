package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.changes.Changes;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.SubscribeRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;

/** The service {@code DocumentChanges}. Thread-safe. */
final class DocumentService {
    private final Common common;
    private final Clients clients;
    private final Changes changes;
    private final DocumentLists lists;

    DocumentService(Common common, Clients clients, Changes changes) {
        this.common = common;
        this.clients = clients;
        this.changes = changes;
        this.lists = new DocumentLists(common, clients);
    }

    /** As generated, except that what is sent to subscribers is bytes already. */
    ServerServiceDefinition definition() {
        MethodDescriptor<SubscribeRequest, ByteBuffer> subscribe = Frames.of(DocumentChangesGrpc.getSubscribeMethod());
        ServiceDescriptor service = ServiceDescriptor.newBuilder(DocumentChangesGrpc.SERVICE_NAME)
                .setSchemaDescriptor(DocumentChangesGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(subscribe)
                .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(subscribe, ServerCalls.asyncServerStreamingCall(this::subscribe))
                .build();
    }

    /** Who follows all collections may see all there will ever be. */
    private static void check(Caller caller, Set<String> collections) {
        collections.forEach(caller::checkSubscribe);
        if (collections.isEmpty()) {
            caller.checkSubscribe("*");
        }
    }

    private void subscribe(SubscribeRequest request, StreamObserver<ByteBuffer> observer) {
        ServerCallStreamObserver<ByteBuffer> call = (ServerCallStreamObserver<ByteBuffer>) observer;
        try {
            Set<String> collections = new TreeSet<>();
            request.getCollectionsList()
                    .forEach(name -> collections.add(JsonPublisher.topic(name).name()));
            if (collections.size() > common.settings().maxSubscriptions) {
                throw new RequestException(
                        Kind.TOO_MANY_SUBSCRIPTIONS,
                        collections.size() + " collections are more than gapless.gateway.max-subscriptions allows: "
                                + common.settings().maxSubscriptions);
            }
            Caller caller = Callers.caller();
            check(caller, collections);
            if (request.getSnapshot()) {
                lists.open(call, caller, collections);
                return;
            }
            if (!caller.seesAllKeys()) {
                throw caller.refused("follow documents without snapshot: they have no filter by keys");
            }
            Clients.Admission admission = clients.admit(caller);
            DocumentStream stream = clients.add(
                    admission, (id, release) -> new DocumentStream(id, call, EarlyHeaders.ofCall(), common, release));
            stream.start(
                    changes,
                    collections,
                    request.hasSinceSequence() ? request.getSinceSequence() : null,
                    request.hasSinceEpoch() ? request.getSinceEpoch() : null);
        } catch (RequestException e) {
            common.refused(Callers.caller(), e);
            call.onError(Statuses.of(e, common.reconnectMs()));
        }
    }
}
