package dev.gapless.node;

import dev.gapless.NodeStatus;
import java.time.Duration;
import java.util.List;

/**
 * What the members say of themselves, without the one that asks.
 *
 * @param nodes those that answered, in the names' order
 * @param silent the addresses of members that did not
 */
record ClusterStatus(List<NodeStatus> nodes, List<String> silent) {

    static ClusterStatus ask(Member member, Duration timeout, Termination termination) {
        List<NodeStatus> all = termination.await(member.gapless().status(timeout), timeout.multipliedBy(2), "status");
        List<String> answered = all.stream().map(NodeStatus::address).toList();
        return new ClusterStatus(
                all.stream()
                        .filter(node -> !node.address().equals(member.address()))
                        .toList(),
                member.addresses().stream()
                        .filter(address -> !address.equals(member.address()) && !answered.contains(address))
                        .toList());
    }
}
