package dev.gapless.simulation.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Visits every state that a configuration can get into, the nearest first. In each of them the guarantees hold (the oracle
 * judges while things happen); and from each of them what the protocol does by itself can lead to a state in which every
 * subscription is level or was told (G6).
 *
 * <p>Nodes cannot be copied. A state is remembered as the action that led to it, and made anew from the start when it is
 * needed; whether it was there before its {@link Fingerprint} says.
 */
public final class Explorer {
    private static final int[] NONE = {};

    private final Configuration configuration;
    private final int mostStates;
    private final Map<Fingerprint, Integer> numbers = new HashMap<>();
    private final List<State> states = new ArrayList<>();
    private final Edges protocol = new Edges();
    private final BitSet level = new BitSet();
    private final int[] beginning;
    private long transitions;

    /** How a state is reached, and what may happen there. */
    private static final class State {
        final int from;
        final int action;
        final int depth;
        int[] enabled;

        State(int from, int action, int depth, int[] enabled) {
            this.from = from;
            this.action = action;
            this.depth = depth;
            this.enabled = enabled;
        }
    }

    /** Ways from one state to another. */
    private static final class Edges {
        private int[] from = new int[1 << 16];
        private int[] to = new int[1 << 16];
        private int size;

        void add(int one, int other) {
            if (size == from.length) {
                from = Arrays.copyOf(from, 2 * size);
                to = Arrays.copyOf(to, 2 * size);
            }
            from[size] = one;
            to[size++] = other;
        }

        /** Adds all from which one of the marked can be reached. */
        void markBackwards(BitSet marked, int states) {
            int[] first = new int[states + 2];
            for (int i = 0; i < size; i++) {
                first[to[i] + 1]++;
            }
            for (int i = 0; i <= states; i++) {
                first[i + 1] += first[i];
            }
            int[] sources = new int[size];
            int[] next = first.clone();
            for (int i = 0; i < size; i++) {
                sources[next[to[i]]++] = from[i];
            }
            int[] todo = new int[states];
            int count = 0;
            for (int s = marked.nextSetBit(0); s >= 0; s = marked.nextSetBit(s + 1)) {
                todo[count++] = s;
            }
            while (count > 0) {
                int s = todo[--count];
                for (int i = first[s]; i < first[s + 1]; i++) {
                    if (!marked.get(sources[i])) {
                        marked.set(sources[i]);
                        todo[count++] = sources[i];
                    }
                }
            }
        }
    }

    private Explorer(Configuration configuration, int mostStates) {
        this.configuration = configuration;
        this.mostStates = mostStates;
        this.beginning = configuration.cold() ? NONE : new World(configuration).settle();
    }

    /** Explores it; gives up at so many states. */
    public static Exploration explore(Configuration configuration, int mostStates) {
        return new Explorer(configuration, mostStates).run();
    }

    private Exploration run() {
        long begunNs = System.nanoTime();
        World first = make(NONE);
        add(first, StateReader.fingerprint(first), -1, 0);
        int at = 0;
        while (at < states.size() && states.size() < mostStates) {
            State state = states.get(at);
            int[] path = path(at);
            for (int action : state.enabled) {
                String broken = follow(at, path, action);
                if (broken != null) {
                    return result(begunNs, broken, at, action);
                }
            }
            state.enabled = NONE;
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
    private @Nullable String follow(int at, int[] path, int action) {
        World world = make(path);
        transitions++;
        try {
            world.perform(action);
            world.audit();
        } catch (AssertionError | RuntimeException e) {
            return e.toString();
        }
        Fingerprint fingerprint = StateReader.fingerprint(world);
        Integer known = numbers.get(fingerprint);
        int to = known == null ? add(world, fingerprint, at, action) : known;
        if (Kind.of(action).whose == Kind.Whose.PROTOCOL) {
            protocol.add(at, to);
        }
        return null;
    }

    private int add(World world, Fingerprint fingerprint, int from, int action) {
        int number = states.size();
        numbers.put(fingerprint, number);
        int depth = from < 0 ? 0 : states.get(from).depth + 1;
        states.add(new State(from, action, depth, world.enabled().toArray()));
        if (world.isLevel()) {
            level.set(number);
        }
        return number;
    }

    private World make(int[] path) {
        World world = new World(configuration);
        for (int action : beginning) {
            world.perform(action);
        }
        for (int action : path) {
            world.perform(action);
        }
        return world;
    }

    private int[] path(int number) {
        int[] actions = new int[states.get(number).depth];
        int at = number;
        for (int i = actions.length - 1; i >= 0; i--) {
            State state = states.get(at);
            actions[i] = state.action;
            at = state.from;
        }
        return actions;
    }

    private Exploration result(long begunNs, @Nullable String broken, int at, int last) {
        boolean whole = broken == null && last < 0;
        return new Exploration(
                configuration,
                states.size(),
                transitions,
                states.get(states.size() - 1).depth,
                (System.nanoTime() - begunNs) / 1e9,
                whole,
                broken,
                broken == null ? List.of() : describe(at, last));
    }

    private List<String> describe(int at, int last) {
        List<String> lines = new ArrayList<>();
        World world = make(NONE);
        for (int action : path(at)) {
            lines.add(world.describe(action));
            world.perform(action);
        }
        lines.addAll(world.describe());
        if (last >= 0) {
            lines.add(world.describe(last));
        }
        return lines;
    }
}
