package dev.gapless.core.producer;

import dev.gapless.core.log.LogRecord;

/** What becomes of the store of a log. {@link LogWriter} draws the way. */
sealed interface WriterState {
    /** The store may not be used yet. */
    record Shut() implements WriterState {}

    /** The records from the next number on are read. */
    record Reading() implements WriterState {}

    /** A mark is being written that keeps all earlier incarnations from writing any more. */
    record Marking() implements WriterState {}

    /** It may write. */
    record Ready() implements WriterState {}

    /** This is being written. */
    record Writing(LogRecord.Messages messages) implements WriterState {}

    /** Nobody knows what became of the last write, or of the read: it is opened anew at this time. */
    record InDoubt(long untilNs) implements WriterState {}

    /** A later incarnation has opened the store: nothing is ever written here any more. */
    record Fenced() implements WriterState {}

    /** What it has cannot be used. */
    record Broken(String why) implements WriterState {}
}
