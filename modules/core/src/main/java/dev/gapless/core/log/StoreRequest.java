package dev.gapless.core.log;

/**
 * What a log wants of its store. Each is answered once, or never; one that comes later than it was waited for is ignored, so each has an id
 * that its answer carries.
 */
public sealed interface StoreRequest {
    /**
     * All records from this number on, in order. Answered by {@link StoreAnswer.Records}, and before by {@link StoreAnswer.Reading} as long as
     * it takes.
     *
     * @param number at least 1
     */
    record Read(long id, long number) implements StoreRequest {}

    /** Store it, unless a record has its number already. Answered by {@link StoreAnswer.Stored}. */
    record Write(long id, LogRecord content) implements StoreRequest {}

    /** The records up to this number may go. Not answered. */
    record Drop(long upTo) implements StoreRequest {}
}
