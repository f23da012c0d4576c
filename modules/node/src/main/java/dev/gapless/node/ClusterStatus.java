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

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Asks until all have answered, or the time is over: members that do not know each other yet are not asked. */
    static ClusterStatus ask(Member member, Duration timeout, Termination termination) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<NodeStatus> all = termination.await(
                    member.gapless().status(ANSWER_TIMEOUT), ANSWER_TIMEOUT.multipliedBy(5), "status");
            ClusterStatus status = without(member.address(), all, member.addresses());
            if (status.silent().isEmpty() || System.nanoTime() - deadlineNs > 0) {
                return status;
            }
            if (!termination.sleep(PAUSE)) {
                throw new Failure("interrupted while waiting for status");
            }
        }
    }

    private static ClusterStatus without(String self, List<NodeStatus> all, List<String> addresses) {
        List<String> answered = all.stream().map(NodeStatus::address).toList();
        return new ClusterStatus(
                all.stream().filter(node -> !node.address().equals(self)).toList(),
                addresses.stream()
                        .filter(address -> !address.equals(self) && !answered.contains(address))
                        .toList());
    }
}
