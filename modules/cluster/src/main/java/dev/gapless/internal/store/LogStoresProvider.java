package dev.gapless.internal.store;

import com.typesafe.config.ConfigException;
import java.util.Optional;
import java.util.ServiceLoader;
import org.apache.pekko.actor.ExtendedActorSystem;

/** Makes {@link LogStores}, and {@link TokenStore}. Found by {@link ServiceLoader}, in a module that stores. */
public interface LogStoresProvider {
    /**
     * Whose logs they are.
     *
     * @param uid that of this incarnation
     * @param durable names the topics that are durable: another text, other topics
     * @param single whether its cluster has no other node, and never may have one
     */
    record Owner(String clusterId, String nodeName, long uid, String durable, boolean single) {}

    /** Those of a node. Nothing is read or written yet. Throws ConfigException if the settings are wrong. */
    LogStores create(ExtendedActorSystem system, Owner owner);

    /** Where this node keeps tokens. Nothing is read or written yet. Throws ConfigException if the settings are wrong. */
    TokenStore tokens(ExtendedActorSystem system, String clusterId, String nodeName);

    /** Those of the module that stores; throws ConfigException if there is none. */
    static LogStores find(ExtendedActorSystem system, Owner owner) {
        return find(system)
                .orElseThrow(() -> new ConfigException.BadValue(
                        "gapless.durability", "journal needs the module gapless-durable on the class path"))
                .create(system, owner);
    }

    /** The module that stores, if there is one. */
    static Optional<LogStoresProvider> find(ExtendedActorSystem system) {
        ClassLoader classes = system.dynamicAccess().classLoader();
        return ServiceLoader.load(LogStoresProvider.class, classes).findFirst();
    }
}
