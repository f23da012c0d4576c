package dev.gapless.core;

/**
 * Where a log ended: what its node said when it left in good order.
 *
 * @param head the last sequence that was published
 */
public record LogEnd(LogIdentity log, long head) {
    public LogEnd {
        if (head < log.first() - 1) {
            throw new IllegalArgumentException("A log that begins at " + log.first() + " does not end at " + head);
        }
    }

    /** The last position. */
    public Position position() {
        return new Position(log.epoch(), head);
    }
}
