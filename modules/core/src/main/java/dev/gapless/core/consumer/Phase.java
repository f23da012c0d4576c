package dev.gapless.core.consumer;

import dev.gapless.core.delivery.Attempts;
import java.util.Locale;

/** Where a {@link Registration} stands, which draws how one leads to another. Times are of the monotonic clock. */
sealed interface Phase {

    /** There is a time at which something is to be done about it. */
    sealed interface Timed extends Phase {
        long dueNs();
    }

    /** The attempts that are known: whatever belongs to another one does not count. */
    default Attempts attempts() {
        return Attempts.NONE;
    }

    /** A member that has not said its name. */
    record Unnamed() implements Phase {}

    /**
     * Its producer is to be asked, and not before it is due. Nothing that it sends until then counts.
     *
     * @param dueNs when it is asked
     */
    record Unasked(long dueNs) implements Timed {
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
    record Registering(Attempts attempts, long askedNs, long dueNs) implements Timed {
        public Registering {
            assert !attempts.isEmpty();
        }
    }

    /**
     * Messages come.
     *
     * @param attempts the one that was answered, whose messages count, and which was the last
     */
    record Live(Attempts attempts) implements Phase {}

    /**
     * Messages come, of an attempt after which others were made. These have moved the producer's cursor, and their answers may be
     * under way, or lost.
     *
     * @param attempts the one that was answered, whose messages count, and those made after it
     * @param dueNs when it is asked anew, unless the last of them is answered by then
     */
    record LiveAmidAttempts(Attempts attempts, long dueNs) implements Timed {
        @Override
        public String label() {
            return "LIVE";
        }
    }

    /** It left in good order, and its node is not removed yet. */
    record Left(Attempts attempts) implements Phase {}

    /** Its node is no member, and it is not settled how the stream ended. */
    record Waiting() implements Phase {}

    /** For people. */
    default String label() {
        return getClass().getSimpleName().toUpperCase(Locale.ROOT);
    }
}
