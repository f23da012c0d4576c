package dev.gapless.simulation.explore;

import java.util.Arrays;

/** The states that were visited, numbered in the order in which they were found, and how each of them was reached first. */
final class States {
    /** The number of a state before the first. */
    static final int NONE = -1;

    private long[] high = new long[1 << 12];
    private long[] low = new long[1 << 12];
    private int[] from = new int[1 << 12];
    private int[] action = new int[1 << 12];
    private int size;
    /** By fingerprint: the number of a state and one more, or 0. */
    private int[] slots = new int[1 << 13];

    int size() {
        return size;
    }

    /** The number of the state with this fingerprint, which is that of a new one if it was {@link #size} before. */
    int add(StateFingerprint fingerprint, int reachedFrom, int by) {
        int slot = slotOf(fingerprint.high(), fingerprint.low());
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (size == high.length) {
            grow();
            slot = slotOf(fingerprint.high(), fingerprint.low());
        }
        high[size] = fingerprint.high();
        low[size] = fingerprint.low();
        from[size] = reachedFrom;
        action[size] = by;
        slots[slot] = size + 1;
        return size++;
    }

    /** The state that it was first reached from, or {@link #NONE}. */
    int from(int number) {
        return from[number];
    }

    /** By what it was reached from there. */
    int action(int number) {
        return action[number];
    }

    /** The states on the way to this one, itself included. */
    int[] path(int number) {
        int length = 0;
        for (int at = number; at != NONE; at = from[at]) {
            length++;
        }
        int[] path = new int[length];
        for (int at = number; at != NONE; at = from[at]) {
            path[--length] = at;
        }
        return path;
    }

    private int slotOf(long wantedHigh, long wantedLow) {
        int mask = slots.length - 1;
        int slot = (int) wantedLow & mask;
        while (slots[slot] != 0 && (low[slots[slot] - 1] != wantedLow || high[slots[slot] - 1] != wantedHigh)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        high = Arrays.copyOf(high, 2 * size);
        low = Arrays.copyOf(low, 2 * size);
        from = Arrays.copyOf(from, 2 * size);
        action = Arrays.copyOf(action, 2 * size);
        slots = new int[2 * slots.length];
        for (int number = 0; number < size; number++) {
            slots[slotOf(high[number], low[number])] = number + 1;
        }
    }
}
