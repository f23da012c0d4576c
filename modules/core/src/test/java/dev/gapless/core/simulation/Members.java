package dev.gapless.core.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The cluster's membership. All nodes learn of all changes in the same order, each in its own time. A life is removed before
 * another one at its address appears.
 */
final class Members {
    private final Simulation simulation;
    private final Map<Long, Host> present = new LinkedHashMap<>();
    private final List<Node> observers = new ArrayList<>();

    Members(Simulation simulation) {
        this.simulation = simulation;
    }

    /** A node that has started joins: it learns of everybody, and everybody of it. */
    void join(Node node) {
        for (Map.Entry<Long, Host> member : List.copyOf(present.entrySet())) {
            if (member.getValue() == node.host()) {
                remove(member.getKey());
            }
        }
        List<Map.Entry<Long, Host>> before = List.copyOf(present.entrySet());
        present.put(node.uid(), node.host());
        simulation.truth().becameMember(node.uid());
        tell(n -> n.appeared(node.uid(), node.host()));
        observers.add(node);
        long up = node.nextMembershipNs();
        simulation
                .timeline()
                .at(
                        up,
                        () -> node.input(() -> {
                            before.forEach(member -> node.appeared(member.getKey(), member.getValue()));
                            node.appeared(node.uid(), node.host());
                            node.selfUp();
                        }));
    }

    boolean contains(long uid) {
        return present.containsKey(uid);
    }

    void remove(long uid) {
        if (present.remove(uid) != null) {
            observers.removeIf(node -> node.uid() == uid);
            tell(n -> n.removed(uid));
        }
    }

    /** Those at this address are found to be unreachable, or not any more. */
    void reachable(long uid, boolean reachable) {
        tell(n -> n.reachability(uid, reachable));
    }

    private void tell(java.util.function.Consumer<Node> what) {
        for (Node observer : observers) {
            simulation.timeline().at(observer.nextMembershipNs(), () -> observer.input(() -> what.accept(observer)));
        }
    }
}
