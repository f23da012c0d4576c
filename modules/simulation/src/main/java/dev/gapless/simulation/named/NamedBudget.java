package dev.gapless.simulation.named;

import java.util.EnumMap;
import java.util.Map;

/** How often each thing may happen that does not happen by itself. Immutable. */
public final class NamedBudget {
    private static final int ANY_TIME = Integer.MAX_VALUE;

    private final Map<NamedAction.Kind, Integer> times;

    private NamedBudget(Map<NamedAction.Kind, Integer> times) {
        this.times = times;
    }

    /** So many subscriptions; nothing else. */
    public static NamedBudget of(int lives) {
        return new NamedBudget(Map.of()).and(NamedAction.Kind.OPEN, lives);
    }

    /** The same, and this so often. */
    public NamedBudget and(NamedAction.Kind kind, int often) {
        Map<NamedAction.Kind, Integer> more = new EnumMap<>(NamedAction.Kind.class);
        more.putAll(times);
        more.put(kind, often);
        return new NamedBudget(more);
    }

    int of(NamedAction.Kind kind) {
        return kind.isProtocol ? ANY_TIME : times.getOrDefault(kind, 0);
    }

    /** What is left of it when that was done. */
    String left(Map<NamedAction.Kind, Integer> done) {
        StringBuilder left = new StringBuilder();
        for (NamedAction.Kind kind : NamedAction.Kind.values()) {
            if (!kind.isProtocol) {
                left.append(of(kind) - done.getOrDefault(kind, 0)).append(' ');
            }
        }
        return left.toString();
    }
}
