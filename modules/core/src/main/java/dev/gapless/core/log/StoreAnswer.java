package dev.gapless.core.log;

import java.util.List;

/** What a store answers. */
public sealed interface StoreAnswer {
    /** That of the request. */
    long id();

    /** It has read some of what it is asked for, and goes on. */
    record Reading(long id) implements StoreAnswer {}

    /** What it has, in order. */
    record Records(long id, List<LogRecord> records) implements StoreAnswer {
        public Records {
            records = List.copyOf(records);
        }
    }

    /** The record is stored. */
    record Stored(long id) implements StoreAnswer {}

    /**
     * It did not work, or that is not known: the record may be stored, or be stored later.
     *
     * @param why for people
     */
    record Failed(long id, String why) implements StoreAnswer {}

    /**
     * What it has is damaged, or is of another log: it is not used.
     *
     * @param why for people
     */
    record Damaged(long id, String why) implements StoreAnswer {}
}
