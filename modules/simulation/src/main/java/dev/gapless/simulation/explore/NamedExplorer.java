package dev.gapless.simulation.explore;

import dev.gapless.simulation.named.NamedAction;
import dev.gapless.simulation.named.NamedBudget;
import dev.gapless.simulation.named.NamedWorld;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Visits every state that named subscriptions and their store can get into (rule S7), the nearest first. In each of them the laws hold; and
 * from each of them what happens by itself can lead to a state in which each goes on with everything stored, or is over.
 */
public final class NamedExplorer {
    private final NamedBudget budget;
    private final int mostStates;
    private final States states = new States();
    private final Edges protocol = new Edges();
    private final BitSet settled = new BitSet();
    private final List<NamedAction> actions = new ArrayList<>();

    private NamedExplorer(NamedBudget budget, int mostStates) {
        this.budget = budget;
        this.mostStates = mostStates;
    }

    /**
     * What was found.
     *
     * @param isWhole whether every state that can be reached was visited
     * @param broken what is wrong and how it came to that, or null
     */
    public record Found(
            int states, boolean isWhole, @Nullable String broken) {}

    /** Explores what may happen within this; gives up at so many states. */
    public static Found explore(NamedBudget budget, int mostStates) {
        return new NamedExplorer(budget, mostStates).run();
    }

    private Found run() {
        add(NamedWorld.toExplore(budget), States.NONE, 0);
        int at = 0;
        while (at < states.size() && states.size() < mostStates) {
            for (NamedAction action : world(at).enabled()) {
                String broken = follow(at, action);
                if (broken != null) {
                    return new Found(states.size(), false, broken);
                }
            }
            at++;
        }
        if (at < states.size()) {
            return new Found(states.size(), false, null);
        }
        BitSet recovers = (BitSet) settled.clone();
        protocol.markBackwards(recovers, states.size());
        int stuck = recovers.nextClearBit(0);
        return new Found(
                states.size(),
                true,
                stuck < states.size()
                        ? "S7: from here somebody waits for ever, "
                                + world(stuck).describe() + path(stuck)
                        : null);
    }

    /** What is wrong with it, if something is. */
    private @Nullable String follow(int at, NamedAction action) {
        NamedWorld world = world(at);
        try {
            world.perform(action);
        } catch (AssertionError | RuntimeException e) {
            return e + path(at) + ", " + action;
        }
        int number = actions.indexOf(action);
        if (number < 0) {
            number = actions.size();
            actions.add(action);
        }
        int to = add(world, at, number);
        if (action.isProtocol()) {
            protocol.add(at, to);
        }
        return null;
    }

    private int add(NamedWorld world, int from, int action) {
        int before = states.size();
        byte[] text = world.describe().getBytes(StandardCharsets.UTF_8);
        long[] words = new long[text.length];
        for (int i = 0; i < text.length; i++) {
            words[i] = text[i];
        }
        int number = states.add(StateFingerprint.of(words, words.length), from, action);
        if (number == before && world.isSettled()) {
            settled.set(number);
        }
        return number;
    }

    private NamedWorld world(int number) {
        NamedWorld world = NamedWorld.toExplore(budget);
        way(number).forEach(world::perform);
        return world;
    }

    private String path(int number) {
        return ", after " + way(number);
    }

    /** What leads to that state. */
    private List<NamedAction> way(int number) {
        List<NamedAction> way = new ArrayList<>();
        for (int on : states.path(number)) {
            if (states.from(on) != States.NONE) {
                way.add(actions.get(states.action(on)));
            }
        }
        return way;
    }
}
