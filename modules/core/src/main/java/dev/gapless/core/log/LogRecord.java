package dev.gapless.core.log;

import java.util.List;

/**
 * What one write puts into the store of a log, as a whole or not at all. A store takes each number once: that is what keeps two
 * incarnations apart (rule D4). Immutable.
 */
public sealed interface LogRecord {
    /** Counts the records of a log, from 1. */
    long number();

    /** Counts the incarnations that opened the store: the writer's. */
    long generation();

    /** The incarnation that wrote it. */
    long uid();

    /** Is it the same record, read back? */
    default boolean isSameAs(LogRecord other) {
        return getClass() == other.getClass()
                && number() == other.number()
                && generation() == other.generation()
                && uid() == other.uid();
    }

    /**
     * Written when a log is opened, and before records are dropped.
     *
     * @param lastMs when a message was published last, in milliseconds since 1970; {@code Long.MIN_VALUE} if none was
     * @param heads the last sequence of each incarnation's stream, the oldest first; what is not listed is not in the log
     */
    record Mark(long number, long generation, long uid, long lastMs, List<Head> heads) implements LogRecord {
        public Mark {
            heads = List.copyOf(heads);
        }
    }

    /** The last sequence of an incarnation's stream; 0 if nothing was stored. */
    record Head(long uid, long sequence) {}

    /**
     * Messages of the writer's stream.
     *
     * @param first the sequence of the first in that stream
     * @param timeMs when they were published, in milliseconds since 1970
     * @param contents at least one
     */
    record Messages(long number, long generation, long uid, long first, long timeMs, List<Content> contents)
            implements LogRecord {
        public Messages {
            contents = List.copyOf(contents);
            if (contents.isEmpty()) {
                throw new IllegalArgumentException("A record of messages has one at least");
            }
        }

        /** The sequence of the last. */
        public long last() {
            return first + contents.size() - 1;
        }
    }
}
