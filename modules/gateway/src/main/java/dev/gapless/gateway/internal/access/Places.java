package dev.gapless.gateway.internal.access;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many there may be of each. Thread-safe. */
public final class Places {
    private final int most;
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    /** @param most so many of each; 0 for any number */
    public Places(int most) {
        this.most = most;
    }

    /** {@return false if there are as many of this one as there may be} Else it has one more, until {@link #leave}. */
    public boolean enter(String whose) {
        int number = taken.merge(whose, 1, Integer::sum);
        if (most > 0 && number > most) {
            leave(whose);
            return false;
        }
        return true;
    }

    public void leave(String whose) {
        taken.computeIfPresent(whose, (one, number) -> number == 1 ? null : number - 1);
    }

    /** So many of each; 0 for any number. */
    public int most() {
        return most;
    }
}
