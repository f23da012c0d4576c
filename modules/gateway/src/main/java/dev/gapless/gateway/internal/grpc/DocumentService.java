package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.changes.Changes;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.v1.DocumentChange;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.SubscribeRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.TreeSet;

/** The service {@code DocumentChanges}. Thread-safe. */
final class DocumentService extends DocumentChangesGrpc.DocumentChangesImplBase {
    private final Common common;
    private final Clients clients;
    private final Changes changes;

    DocumentService(Common common, Clients clients, Changes changes) {
        this.common = common;
        this.clients = clients;
        this.changes = changes;
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<DocumentChange> observer) {
        ServerCallStreamObserver<DocumentChange> call = (ServerCallStreamObserver<DocumentChange>) observer;
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
            Clients.Admission admission = clients.admit(CallerAddress.host());
            DocumentStream stream = clients.add(
                    admission, (id, release) -> new DocumentStream(id, call, EarlyHeaders.ofCall(), common, release));
            stream.start(
                    changes,
                    collections,
                    request.hasSinceSequence() ? request.getSinceSequence() : null,
                    request.hasSinceEpoch() ? request.getSinceEpoch() : null);
        } catch (RequestException e) {
            common.tally().refused(e.kind().code());
            call.onError(Statuses.of(e, common.reconnectMs()));
        }
    }
}
