package dev.gapless.internal.forming;

import java.util.List;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;

/**
 * An actor that a node has from when it is a member of a cluster on. Whoever starts finds out by it that there is one, as any actor system says which
 * actors it has ({@code Identify}): of Pekko's own protocol only a join says that, and it is not to be spoken by anybody else.
 */
public final class MemberSign {
    static final List<String> PATH = List.of("system", "gapless-member");

    private MemberSign() {}

    /** This node has one once it is up. */
    public static void show(ExtendedActorSystem system, Cluster cluster) {
        cluster.registerOnMemberUp(() -> {
            try {
                var unused = system.systemActorOf(
                        Props.empty().withDispatcher("pekko.actor.internal-dispatcher"), PATH.get(1));
            } catch (IllegalStateException e) {
                // the actor system ends
            }
        });
    }
}
