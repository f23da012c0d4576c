package dev.gapless.core.place;

import dev.gapless.core.Reason;

/** Where a generation ends, as a node knows it. */
public sealed interface End {
    /** It may go on. */
    record None() implements End {}

    /**
     * It is over, and nobody stated where.
     *
     * @param reason which is told for what may be missing
     */
    record Open(Reason reason) implements End {}

    /**
     * It is over, and this is its last sequence: its producer said so when it left, or the log that has it does.
     *
     * @param sequence one less than the generation's first if nothing was published
     * @param left did the producer leave in good order?
     */
    record Stated(long sequence, boolean left) implements End {}

    End NONE = new None();
}
