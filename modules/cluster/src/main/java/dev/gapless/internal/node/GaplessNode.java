package dev.gapless.internal.node;

import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterActorRefProvider;
import org.jspecify.annotations.Nullable;

/** What an actor system has of Gapless. Thread-safe. */
public final class GaplessNode implements Extension {
    private volatile Presence presence;

    GaplessNode(ExtendedActorSystem system) {
        presence = presence(system);
    }

    private static Presence presence(ExtendedActorSystem system) {
        if (!(system.provider() instanceof ClusterActorRefProvider)) {
            return new Absent(system.name(), "it is no cluster node: set pekko.actor.provider = cluster");
        }
        Settings settings =
                new Settings(system.settings().config(), system.dynamicAccess().classLoader(), system.name());
        Cluster cluster = Cluster.get(system);
        if (!settings.role.isEmpty() && !cluster.getSelfRoles().contains(settings.role)) {
            return new Absent(system.name(), "it does not have the role '" + settings.role + "' (gapless.role)");
        }
        return new RunningNode(system, settings, cluster);
    }

    NodeBackend node() {
        return presence.node();
    }

    void replace(@Nullable NodeBackend other) {
        presence = presence.replace(other);
    }
}
