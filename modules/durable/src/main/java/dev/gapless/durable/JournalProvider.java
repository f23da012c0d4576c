package dev.gapless.durable;

import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.store.TokenStore;
import org.apache.pekko.actor.ExtendedActorSystem;

/** Makes a {@link Journal}, and {@link StoredTokens}; {@link java.util.ServiceLoader} finds it. */
public final class JournalProvider implements LogStoresProvider {
    /** For the service loader. */
    public JournalProvider() {}

    @Override
    public LogStores create(ExtendedActorSystem system, Owner owner) {
        return new Journal(system, owner);
    }

    @Override
    public TokenStore tokens(ExtendedActorSystem system, String clusterId, String nodeName) {
        Journal journal =
                new Journal(system, new Owner(clusterId, nodeName, 0, "", false)); // of which no log is opened
        return new StoredTokens(system, journal);
    }
}
