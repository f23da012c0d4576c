package dev.gapless.core;

/**
 * What a durable log that was recovered goes on from: everything up to {@code lastStored} is the same in the previous epoch
 * and in this one.
 *
 * @param previous the epoch before
 * @param lastStored the last sequence that had been stored, and so the last that anybody was sent
 */
public record Lineage(Epoch previous, long lastStored) {

    /** Does this position lie in the part that both epochs share? */
    public boolean holds(Position position) {
        return position.epoch().equals(previous) && position.sequence() <= lastStored;
    }
}
