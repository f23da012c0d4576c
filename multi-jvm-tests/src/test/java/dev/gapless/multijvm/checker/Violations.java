package dev.gapless.multijvm.checker;

import java.util.LinkedHashSet;
import java.util.Set;

/** What must never happen, each once. */
final class Violations {
    private final Set<String> all = new LinkedHashSet<>();

    void add(String guarantee, String what) {
        all.add(guarantee + ": " + what);
    }

    Set<String> all() {
        return all;
    }
}
