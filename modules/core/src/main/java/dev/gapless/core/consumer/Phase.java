package dev.gapless.core.consumer;

import dev.gapless.core.Session;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a {@link Registration} stands, which draws how one leads to another. Times are of the monotonic clock. */
sealed interface Phase {

    /** Its node is a member. */
    sealed interface Present extends Phase {
        /** The life that is a member. */
        long uid();

        /** The attempt whose messages count; null while nothing was asked, or nothing is under way. */
        default @Nullable Session session() {
            return null;
        }
    }

    /** There is a time at which something is to be done about it. */
    sealed interface Timed extends Phase {
        long dueNs();
    }

    /** A member that has not said its name. */
    record Unnamed(long uid) implements Present {}

    /**
     * Its producer was asked, and has not answered; or will be asked.
     *
     * @param session null if it is to be asked when it is due, and not before
     * @param dueNs when it is asked again
     */
    record Registering(long uid, @Nullable Session session, long dueNs) implements Present, Timed {}

    /** Messages come. */
    record Live(long uid, Session session) implements Present {}

    /** It left in good order, and its node is not removed yet. */
    record Left(long uid, Session session) implements Present {}

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
