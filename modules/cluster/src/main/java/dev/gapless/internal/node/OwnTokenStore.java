package dev.gapless.internal.node;

import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.store.TokenStore;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;

/** Where this node keeps tokens: made for the first subscription with a name. Thread-safe. */
final class OwnTokenStore {
    private final ExtendedActorSystem system;
    private final Settings settings;
    private @Nullable TokenStore store;

    OwnTokenStore(ExtendedActorSystem system, Settings settings) {
        this.system = system;
        this.settings = settings;
    }

    /** For the subscription with this name. Throws IllegalStateException if this node cannot keep its token. */
    synchronized TokenStore of(String name) {
        if (settings.nodeName.isEmpty()) {
            throw new IllegalStateException("Subscription " + name
                    + " has a name, and keeps its token in this node's store, which needs a name of the node that is kept over"
                    + " restarts: set gapless.node-name");
        }
        TokenStore made = store;
        if (made == null) {
            made = LogStoresProvider.find(system)
                    .orElseThrow(
                            () -> new IllegalStateException(
                                    "Subscription " + name
                                            + " has a name, and keeps its token in a store: add the module gapless-durable to the class path"))
                    .tokens(system, settings.clusterId, settings.nodeName);
            store = made;
        }
        return made;
    }
}
