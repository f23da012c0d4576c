package dev.gapless.core.node;

import java.util.Set;

/**
 * How a node looks for other clusters with its cluster's id (rule M4).
 *
 * @param clusterId of this node's cluster
 * @param address this node's host and port
 * @param seedNodes hosts and ports of nodes that should be members
 * @param givesWay whether this node leaves if its cluster is the one to give way; if not, people are told
 * @param graceNs for so long another cluster is seen before it counts
 */
public record OtherClusterSettings(
        String clusterId, String address, Set<String> seedNodes, boolean givesWay, long graceNs) {
    public OtherClusterSettings {
        seedNodes = Set.copyOf(seedNodes);
        if (graceNs < 1) {
            throw new IllegalArgumentException("The grace is " + graceNs + " ns, and is at least 1");
        }
    }
}
