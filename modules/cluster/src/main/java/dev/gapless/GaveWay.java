package dev.gapless;

import org.apache.pekko.actor.CoordinatedShutdown;

/**
 * Why an actor system shut down: its cluster gave way to another one with the same id ({@code gapless.other-cluster = give-way}).
 *
 * <pre>{@code
 * CoordinatedShutdown.get(system).getShutdownReason().ifPresent(reason -> {
 *     if (reason instanceof GaveWay gaveWay) {
 *         startAgain(gaveWay.address()); // as the first of its seed nodes; and not itself
 *     }
 * });
 * }</pre>
 *
 * @param address host and port of the oldest member of the cluster that stays, for this node to join
 */
public record GaveWay(String address) implements CoordinatedShutdown.Reason {
    @Override
    public String toString() {
        return "its cluster gave way to another one with the same id, whose oldest member is at " + address
                + " (gapless.other-cluster); start it again to let it join that one";
    }
}
