package dev.gapless.core.log;

import java.util.List;

/** What reading a log from some sequence gives. */
public sealed interface Reading {
    /**
     * Messages without a gap, the first being the one that was asked for.
     *
     * @param slices at least one
     */
    record Messages(List<Slice> slices) implements Reading {}

    /** Nothing has been published there yet. */
    record Empty() implements Reading {}

    /** What was asked for is overwritten. */
    record Overrun() implements Reading {}

    Reading EMPTY = new Empty();
    Reading OVERRUN = new Overrun();
}
