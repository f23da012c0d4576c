package dev.gapless.core.topic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a topic's slots. A slot that is given up has another producer only once no subscription remembers what it had there. Not
 * thread-safe.
 */
final class SlotNumbers {
    private final Map<String, Integer> byName = new HashMap<>();
    /** Given up, and subscriptions may not have heard of it. */
    private final List<Integer> remembered = new ArrayList<>(0);

    private final ArrayDeque<Integer> free = new ArrayDeque<>(0);
    private int next;

    /** The slot of the producer with that name; null if it has none. */
    @Nullable Integer of(String name) {
        return byName.get(name);
    }

    /** A slot for the producer with that name. */
    int take(String name) {
        int slot = take();
        byName.put(name, slot);
        return slot;
    }

    /** A slot for an incarnation without a name. */
    int take() {
        Integer used = free.poll();
        return used == null ? next++ : used;
    }

    /** Nobody is in that slot any more. */
    void giveUp(int slot, String name) {
        byName.remove(name, slot);
        remembered.add(slot);
    }

    /** All subscriptions have heard of what was given up. */
    void forgotten() {
        free.addAll(remembered);
        remembered.clear();
    }

    /** How many are taken, or remembered. */
    int count() {
        return next - free.size();
    }
}
