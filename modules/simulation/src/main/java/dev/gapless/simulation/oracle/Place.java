package dev.gapless.simulation.oracle;

import org.jspecify.annotations.Nullable;

/**
 * A place in all that one node ever published.
 *
 * @param life which of its lives, counted from 0; -1 is before the first
 * @param sequence the last message before it
 */
record Place(int life, long sequence) {
    static final Place NOWHERE = new Place(-1, 0);
    static final long END = Long.MAX_VALUE;

    @Override
    public String toString() {
        return "life " + (life + 1) + (sequence == END ? " to its end" : " to " + sequence);
    }

    boolean isBehind(int otherLife, long otherSequence) {
        return life > otherLife || (life == otherLife && sequence >= otherSequence);
    }

    static Place later(Place one, @Nullable Place other) {
        return other == null || one.isBehind(other.life, other.sequence) ? one : other;
    }
}
