package dev.gapless.core.consumer;

import java.util.Locale;

/** Where a {@link Registration} stands, which draws how one leads to another. Times are of the monotonic clock. */
sealed interface Phase {

    /** Its node is a member. */
    sealed interface Present extends Phase {
        /** The life that is a member. */
        long uid();

        /** The attempts that are known: whatever belongs to another one does not count. */
        default Attempts attempts() {
            return Attempts.NONE;
        }
    }

    /** There is a time at which something is to be done about it. */
    sealed interface Timed extends Phase {
        long dueNs();
    }

    /** A member that has not said its name. */
    record Unnamed(long uid) implements Present {}

    /**
     * Its producer is to be asked, and not before it is due. Nothing that it sends until then counts.
     *
     * @param dueNs when it is asked
     */
    record Unasked(long uid, long dueNs) implements Present, Timed {
        @Override
        public String label() {
            return "REGISTERING";
        }
    }

    /**
     * Its producer was asked, and has not answered.
     *
     * @param attempts all since the last gap or silence: each may be answered. Invariant: at least one
     * @param askedNs when the first of them was made
     * @param dueNs when it is asked again
     */
    record Registering(long uid, Attempts attempts, long askedNs, long dueNs) implements Present, Timed {
        public Registering {
            assert !attempts.isEmpty() : uid;
        }
    }

    /**
     * Messages come.
     *
     * @param attempts the one that was answered, whose messages count, and which was the last
     */
    record Live(long uid, Attempts attempts) implements Present {}

    /**
     * Messages come, of an attempt after which others were made. These have moved the producer's cursor, and their answers may be
     * under way, or lost.
     *
     * @param attempts the one that was answered, whose messages count, and those made after it
     * @param dueNs when it is asked anew, unless the last of them is answered by then
     */
    record LiveAmidAttempts(long uid, Attempts attempts, long dueNs) implements Present, Timed {
        @Override
        public String label() {
            return "LIVE";
        }
    }

    /** It left in good order, and its node is not removed yet. */
    record Left(long uid, Attempts attempts) implements Present {}

    /**
     * Its node is gone, or stands in a token alone, and may come.
     *
     * @param dueNs when it is given up
     */
    record Waiting(long dueNs) implements Timed {}

    /** It was told as lost. A member that has not said its name may yet turn out to be it. */
    record Lost() implements Phase {}

    /** For people. */
    default String label() {
        return getClass().getSimpleName().toUpperCase(Locale.ROOT);
    }
}
