package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Members;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Those that were there when a fault began. As long as one of these incarnations is going on, it has to see the fault; their next
 * lives know nothing of what was before.
 */
final class Bystanders {
    private final Map<TestNode, Long> pids = new LinkedHashMap<>();

    Bystanders(List<TestNode> nodes) {
        nodes.forEach(node -> pids.put(node, node.pid()));
    }

    /** Does any of them see the members like that? To one that is no member itself nobody is one. */
    boolean see(Predicate<Members> what) {
        return Views.of(left()).values().stream().anyMatch(view -> !view.all().isEmpty() && what.test(view));
    }

    /** All have been downed or started again meanwhile: nobody is left who could see anything. */
    boolean areGone() {
        return left().isEmpty();
    }

    private List<TestNode> left() {
        return pids.keySet().stream()
                .filter(node -> node.isAlive() && node.pid() == pids.get(node))
                .toList();
    }
}
