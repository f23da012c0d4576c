package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.changes.Numbering;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.SubscribeRequest;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Set;

/** Calls of {@code DocumentChanges.Subscribe} with {@code snapshot}: documents are the rows of tables of this node. Thread-safe. */
final class DocumentLists {
    private final Common common;
    private final Clients clients;
    private final SecureRandom random = new SecureRandom();

    DocumentLists(Common common, Clients clients) {
        this.common = common;
        this.clients = clients;
    }

    /**
     * Lists these collections to a client, and goes on with what changes. Throws {@link RequestException} if it cannot.
     *
     * @param caller of whose keys they are
     * @param collections none for all of which there are tables
     */
    void open(ServerCallStreamObserver<ByteBuffer> call, Caller caller, Set<String> collections) {
        Set<String> wanted = collections.isEmpty() ? common.states().topics() : collections;
        if (wanted.isEmpty()) {
            throw new RequestException(
                    Kind.NO_TABLE,
                    "This gateway has no table of any topic: subscribe without snapshot, or give tables to GaplessGateway.start");
        }
        DocumentFraming framing = new DocumentFraming(common.states(), Numbering.random(random));
        CallOutlet.open(call, common, clients, framing)
                .start(wanted.stream()
                        .map(topic -> SubscribeRequest.ofLists(topic, caller))
                        .toList());
    }
}
