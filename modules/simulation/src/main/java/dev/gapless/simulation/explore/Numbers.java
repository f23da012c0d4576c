package dev.gapless.simulation.explore;

import java.util.Arrays;

/** A list of numbers. */
final class Numbers {
    private long[] numbers;
    private int size;

    Numbers() {
        this(new long[64], 0);
    }

    private Numbers(long[] numbers, int size) {
        this.numbers = numbers;
        this.size = size;
    }

    void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = number;
    }

    void addAll(Numbers more) {
        if (size + more.size > numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * (size + more.size));
        }
        System.arraycopy(more.numbers, 0, numbers, size, more.size);
        size += more.size;
    }

    long get(int index) {
        return numbers[index];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    Numbers copy() {
        return new Numbers(Arrays.copyOf(numbers, size), size);
    }

    StateFingerprint fingerprint() {
        return StateFingerprint.of(numbers, size);
    }
}
