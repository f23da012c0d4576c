package dev.gapless.core;

/**
 * A place in the stream of one producer: directly after the message with this sequence. {@link Gap#resumesAt} alone names the
 * message that comes next. Sequences of an epoch rise by one from message to message and are never used again. Positions of
 * different epochs are not comparable.
 *
 * @param epoch the log
 * @param sequence at least 0, which is in front of the first message of a new log
 */
public record Position(Epoch epoch, long sequence) {

    public Position {
        if (sequence < 0) {
            throw new IllegalArgumentException("A sequence is at least 0, this is " + sequence);
        }
    }

    /** The position of the message after this one. */
    public Position next() {
        return new Position(epoch, sequence + 1);
    }

    @Override
    public String toString() {
        return epoch + ":" + sequence;
    }
}
