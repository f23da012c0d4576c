package dev.gapless.gateway.internal.client;

import dev.gapless.Health;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;

/** Whether clients should come to this node, or go elsewhere. Thread-safe. */
public final class Readiness {
    private final Clients clients;
    private final Common common;
    private volatile boolean grpcListens;

    public Readiness(Clients clients, Common common) {
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
        Health health = common.host().health();
        if (!health.isReady()) {
            throw new RequestException(Kind.NOT_READY, "This node is not ready: " + health.reason());
        }
    }
}
