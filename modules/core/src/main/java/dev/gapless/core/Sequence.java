package dev.gapless.core;

/** The number of an event among those of one producer in one epoch; the first one is 1. */
public record Sequence(long value) implements Comparable<Sequence> {
    public static final Sequence FIRST = new Sequence(1);

    public Sequence {
        if (value < 1) {
            throw new IllegalArgumentException("a sequence starts at 1, got " + value);
        }
    }

    public Sequence next() {
        return new Sequence(Math.addExact(value, 1));
    }

    @Override
    public int compareTo(Sequence other) {
        return Long.compare(value, other.value);
    }
}
