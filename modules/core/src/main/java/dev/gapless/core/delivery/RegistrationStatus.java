package dev.gapless.core.delivery;

import dev.gapless.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer knows of one producer, for people.
 *
 * @param node the producer's name
 * @param phase UNNAMED, REGISTERING, LIVE, LEFT, WAITING or LOST
 * @param position how far it has got
 * @param failures how many registrations in a row had failed when it registered last: they were not answered, or ended soon after
 * @param answeredNs when the latest was answered, by the clock of the node
 */
public record RegistrationStatus(
        String node, String phase, @Nullable Position position, int failures, long answeredNs) {
    /** A registration that lasts no longer than this has failed. */
    public static final long SHORT_LIFE_NS = 5_000_000_000L;

    /** How many registrations in a row have failed by now; none of a node that is not registered with, since it was removed, or has left. */
    public int failures(long nowNs) {
        boolean counts = isLive() ? nowNs - answeredNs < SHORT_LIFE_NS : phase.equals("REGISTERING");
        return counts ? failures : 0;
    }

    private boolean isLive() {
        return phase.equals("LIVE");
    }

    /** From when on those that failed do not count any more, if it lasts until then; {@code Long.MAX_VALUE} if it was not answered. */
    public long lastsFromNs() {
        return isLive() ? answeredNs + SHORT_LIFE_NS : Long.MAX_VALUE;
    }
}
