package dev.gapless.simulation.explore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Visits every state that a configuration can get into, the nearest first. In each of them the guarantees hold (the oracle
 * judges while things happen); and from each of them what the protocol does by itself can lead to a state in which every
 * subscription is level or was told (G6).
 *
 * <p>Whether a state was there before its {@link StateFingerprint} says.
 */
public final class Explorer {
    private final Configuration configuration;
    private final int mostStates;
    private final States states = new States();
    private final Edges protocol = new Edges();
    private final BitSet level = new BitSet();
    private long transitions;

    private Explorer(Configuration configuration, int mostStates) {
        this.configuration = configuration;
        this.mostStates = mostStates;
    }

    /** Explores it; gives up at so many states. */
    public static Exploration explore(Configuration configuration, int mostStates) {
        return new Explorer(configuration, mostStates).run();
    }

    private Exploration run() {
        long begunNs = System.nanoTime();
        ExploredWorld first = ExploredWorld.first(configuration);
        add(first, StateReader.fingerprint(first), States.NONE, 0);
        Walk walk = new Walk(states, first);
        int at = 0;
        while (at < states.size() && states.size() < mostStates) {
            walk.goTo(at);
            for (int action : walk.world().enabled().toArray()) {
                String broken = follow(walk, at, action);
                if (broken != null) {
                    return result(begunNs, broken, at, action);
                }
            }
            at++;
        }
        if (at < states.size()) {
            return result(begunNs, null, -1, 0);
        }
        BitSet recovers = (BitSet) level.clone();
        protocol.markBackwards(recovers, states.size());
        int stuck = recovers.nextClearBit(0);
        return stuck < states.size()
                ? result(begunNs, "G6: from here no subscription ever gets level again", stuck, -1)
                : result(begunNs, null, -1, -1);
    }

    /** What is wrong with it, if something is. */
    private @Nullable String follow(Walk walk, int at, int action) {
        ExploredWorld world = walk.world();
        transitions++;
        try {
            world.perform(action);
            world.audit();
        } catch (AssertionError | RuntimeException e) {
            return e.toString();
        }
        int to = add(world, walk.fingerprint(), at, action);
        if (Kind.of(action).whose == Kind.Whose.PROTOCOL) {
            protocol.add(at, to);
        }
        walk.back();
        return null;
    }

    private int add(ExploredWorld world, StateFingerprint fingerprint, int from, int action) {
        int before = states.size();
        int number = states.add(fingerprint, from, action);
        if (number == before && world.isLevel()) {
            level.set(number);
        }
        return number;
    }

    private Exploration result(long begunNs, @Nullable String broken, int at, int last) {
        boolean whole = broken == null && last < 0;
        return new Exploration(
                configuration,
                states.size(),
                transitions,
                states.path(states.size() - 1).length - 1,
                (System.nanoTime() - begunNs) / 1e9,
                whole,
                broken,
                broken == null ? List.of() : describe(at, last));
    }

    private List<String> describe(int at, int last) {
        List<String> lines = new ArrayList<>();
        ExploredWorld world = ExploredWorld.first(configuration);
        for (int number : states.path(at)) {
            if (states.from(number) != States.NONE) {
                lines.add(world.describe(states.action(number)));
                world.perform(states.action(number));
            }
        }
        lines.addAll(world.describe());
        if (last >= 0) {
            lines.add(world.describe(last));
        }
        return lines;
    }
}
