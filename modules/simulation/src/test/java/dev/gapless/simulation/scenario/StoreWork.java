package dev.gapless.simulation.scenario;

import java.util.ArrayList;
import java.util.List;

/** What a store was asked for, and is to do: in the next turn, or once it is released. */
final class StoreWork {
    private final List<Runnable> due = new ArrayList<>();
    /** What it was asked while it was held. */
    private final List<Runnable> held = new ArrayList<>();

    private boolean holds;

    void hold() {
        holds = true;
    }

    void release() {
        holds = false;
        due.addAll(held);
        held.clear();
    }

    /** It is asked for this, which waits while the store is held. */
    void ask(Runnable what) {
        (holds ? held : due).add(what);
    }

    /** It answers in the next turn, held or not. */
    void answer(Runnable what) {
        due.add(what);
    }

    /** Does what is due. Returns whether anything was. */
    boolean run() {
        List<Runnable> now = List.copyOf(due);
        due.clear();
        now.forEach(Runnable::run);
        return !now.isEmpty();
    }

    /** Nothing that it was asked for is done. */
    void forget() {
        due.clear();
        held.clear();
    }
}
