package dev.gapless.internal.node;

import dev.gapless.internal.wire.OtherVersion;
import dev.gapless.internal.wire.WireSerializer;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/** Says that nodes with another wire version write to this one, once for each version. For the node actor's thread. */
final class OtherVersions {
    /** Invariant: no more than a byte has values. */
    private final Set<Integer> told = new HashSet<>();

    void met(OtherVersion message, Logger log) {
        if (told.add(message.version())) {
            log.error(
                    "A node writes to this one in version {} of Gapless's wire format; this node reads version {} alone. Nothing is"
                            + " exchanged with it: subscriptions here do not get what is published there, and name it when they are"
                            + " ready (silent). Run releases with the same version on all nodes",
                    message.version(),
                    WireSerializer.VERSION);
        }
    }
}
