package dev.gapless.core.place;

import dev.gapless.core.Epoch;
import org.jspecify.annotations.Nullable;

/**
 * A member of the cluster, as a topic's consumer knows it.
 *
 * @param uid its incarnation
 * @param epoch that of its log
 * @param address host and port
 * @param name null as long as it has said none
 * @param slot its producer's; -1 as long as it has said no name
 * @param joinedMs since when it is there, by the cluster's time, in milliseconds since 1970
 */
public record KnownMember(
        long uid, Epoch epoch, String address, @Nullable String name, int slot, long joinedMs) {
    /** The same, which has said its name. */
    public KnownMember named(String itsName, int itsSlot, long sinceMs) {
        return new KnownMember(uid, epoch, address, itsName, itsSlot, sinceMs);
    }
}
