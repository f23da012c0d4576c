package dev.gapless.simulation.explore;

import java.util.Arrays;

/** A list of actions; each is one number of a {@link Kind}. */
final class Actions {
    private int[] actions = new int[16];
    private int size;

    void add(int action) {
        if (size == actions.length) {
            actions = Arrays.copyOf(actions, 2 * size);
        }
        actions[size++] = action;
    }

    int size() {
        return size;
    }

    int get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return actions[index];
    }

    int[] toArray() {
        return Arrays.copyOf(actions, size);
    }
}
