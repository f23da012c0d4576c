package dev.gapless.simulation.named;

/**
 * Something that happens.
 *
 * @param index to which life, request or late write
 */
public record NamedAction(Kind kind, int index) {
    /** What it is. */
    public enum Kind {
        /** Another subscription of the name is opened, in the same process or in another one. */
        OPEN(false),
        /** Something is handled. */
        HANDLE(false),
        /** A subscription ends in good order. */
        END(false),
        /** Its process ends there and then; what it wants of the store may be done yet. */
        CRASH(false),
        /** The store says that it failed. It may be done later. */
        FAIL(false),
        /** The store never answers. It may be done later. */
        LOSE(false),
        /** The next thing is due: the store did not answer in time. It may answer later. */
        TIME_OUT(false),
        /** What nobody waits for any more is written. */
        WRITE_LATE(false),
        /** A subscription could be ready. */
        READY(true),
        /** The store reads what is there. */
        READ(true),
        /** The store writes and answers. */
        FINISH(true),
        /** The next thing is due, and nobody waits for the store in vain. */
        TIME(true);

        /** Does it happen by itself, once nothing goes wrong? */
        final boolean isProtocol;

        Kind(boolean isProtocol) {
            this.isProtocol = isProtocol;
        }
    }

    public boolean isProtocol() {
        return kind.isProtocol;
    }
}
