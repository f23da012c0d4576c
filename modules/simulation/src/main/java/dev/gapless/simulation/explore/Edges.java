package dev.gapless.simulation.explore;

import java.util.Arrays;
import java.util.BitSet;

/** Ways from one state to another. */
final class Edges {
    private int[] from = new int[1 << 16];
    private int[] to = new int[1 << 16];
    private int size;

    void add(int one, int other) {
        if (size == from.length) {
            from = Arrays.copyOf(from, size + size / 2);
            to = Arrays.copyOf(to, size + size / 2);
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
