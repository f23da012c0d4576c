package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;

/** Whether clients should come to this node, or go elsewhere. Thread-safe. */
public final class Readiness {
    private final Cluster cluster;
    private final Clients clients;
    private final Common common;
    private volatile boolean grpcListens;

    public Readiness(Cluster cluster, Clients clients, Common common) {
        this.cluster = cluster;
        this.clients = clients;
        this.common = common;
    }

    /** Those who speak gRPC can connect from now on. */
    public void grpcListens() {
        grpcListens = true;
    }

    /** Throws {@link RequestException} that says why they should go elsewhere. */
    public void check() {
        if (common.settings().grpcPort.isPresent() && !grpcListens) {
            throw new RequestException(
                    Kind.NOT_READY, "The port of gRPC does not listen yet (gapless.gateway.grpc-port)");
        }
        if (clients.isStopping() || common.host().isClosing()) {
            throw new RequestException(Kind.NOT_READY, "This node shuts down");
        }
        MemberStatus status = cluster.selfMember().status();
        if (!status.equals(MemberStatus.up())) {
            throw new RequestException(Kind.NOT_READY, "This node is no member of the cluster: it is " + status);
        }
        if (common.host().isOutnumbered()) {
            throw new RequestException(
                    Kind.NOT_READY,
                    "This node is in a cluster of its own: there is another one with the same id, to which this one should give way");
        }
        common.host().storeProblem().ifPresent(problem -> {
            throw new RequestException(
                    Kind.NOT_READY, "This node cannot store what is published to durable topics: " + problem);
        });
        Map<String, Set<String>> givenUp = common.host().givenUp();
        if (!givenUp.isEmpty()) {
            throw new RequestException(
                    Kind.NOT_READY,
                    "Consumers of this node gave up (gapless.register-backoff.attempts), by topic on these producers: "
                            + givenUp);
        }
    }
}
