package dev.gapless.simulation.explore;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Objects, by identity, numbered in the order in which they were met. */
final class Met {
    private @Nullable Object[] slots = new Object[1 << 9];
    private int[] numbers = new int[1 << 9];
    private int size;

    void clear() {
        Arrays.fill(slots, null);
        size = 0;
    }

    /** The number that it got when it was met before, or -1 if this is the first time. */
    int meet(Object object) {
        int mask = slots.length - 1;
        int slot = System.identityHashCode(object) & mask;
        while (slots[slot] != null) {
            if (slots[slot] == object) {
                return numbers[slot];
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = object;
        numbers[slot] = size++;
        if (2 * size > slots.length) {
            grow();
        }
        return -1;
    }

    private void grow() {
        @Nullable Object[] all = slots;
        int[] known = numbers;
        slots = new Object[2 * all.length];
        numbers = new int[slots.length];
        for (int i = 0; i < all.length; i++) {
            if (all[i] != null) {
                int slot = System.identityHashCode(all[i]) & (slots.length - 1);
                while (slots[slot] != null) {
                    slot = (slot + 1) & (slots.length - 1);
                }
                slots[slot] = all[i];
                numbers[slot] = known[i];
            }
        }
    }
}
