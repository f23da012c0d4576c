package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Members;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The rule for what may happen at once: <b>more than half of the members are there and reach one another</b>. Only those
 * decide who is removed from the cluster, and let others join; without them nobody does, or all are downed.
 *
 * <p>A node is not there from the beginning of a fault that takes it away until all that are there find it reachable, and
 * it is a member as it sees itself. So a process that was killed counts again once its next incarnation is up, and a node that
 * the cluster downed is missed like one that a fault took. Of each broken link one end counts as left out. Thread-safe.
 */
final class Majority {
    private final int regulars;
    private final List<TestNode> away = new ArrayList<>();
    private int brokenLinks;

    Majority(int regulars) {
        this.regulars = regulars;
    }

    /** Those that are there, and how many members there are at most. */
    record Present(List<TestNode> nodes, int members) {}

    synchronized void begins(Fault fault, List<TestNode> nodes) {
        if (fault.takesAway()) {
            away.addAll(nodes);
        } else {
            brokenLinks += fault.costs;
        }
    }

    synchronized void ends(Fault fault, List<TestNode> nodes) {
        if (fault.takesAway()) {
            away.removeAll(nodes);
        } else {
            brokenLinks -= fault.costs;
        }
    }

    /** To be asked of all that live. */
    Present present(List<TestNode> living) {
        Map<TestNode, Members> views = Views.of(notAway(living));
        views.entrySet()
                .removeIf(view -> !view.getValue().up().contains(view.getKey().address()));
        Collection<Members> all = views.values();
        List<TestNode> nodes = views.keySet().stream()
                .filter(n -> all.stream().allMatch(view -> isReachable(n.address(), view)))
                .toList();
        int members = all.stream().mapToInt(view -> view.all().size()).max().orElse(0);
        return new Present(nodes, Math.max(regulars, members));
    }

    private static boolean isReachable(String address, Members view) {
        return view.up().contains(address) && !view.unreachable().contains(address);
    }

    private synchronized List<TestNode> notAway(List<TestNode> living) {
        return living.stream().filter(n -> !away.contains(n)).toList();
    }

    synchronized boolean canSpare(Fault fault, Present present) {
        int left = present.nodes().size() - brokenLinks - fault.costs;
        return fault.costs == 0 || 2 * left > present.members();
    }
}
