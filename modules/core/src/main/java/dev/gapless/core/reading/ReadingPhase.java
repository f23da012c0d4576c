package dev.gapless.core.reading;

import dev.gapless.core.place.Places;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a subscription does. */
sealed interface ReadingPhase {
    /** Its node is not up, or it is not known yet where it begins. */
    record Opening() implements ReadingPhase {}

    /** It is given what comes. */
    record Reading() implements ReadingPhase {}

    /**
     * A reload is due, and may not begin yet.
     *
     * @param untilNs when it may
     */
    record Waiting(long untilNs) implements ReadingPhase {}

    /**
     * The application reloads. The places stand in front of what is lost.
     *
     * @param losses where they lead to once it has succeeded
     * @param past what counts as passed then; null if that stays as it is
     * @param beside what was told beside the places
     * @param failed how often it has failed
     */
    record Reloading(List<Loss> losses, @Nullable Past past, Places.Beside beside, int failed) implements ReadingPhase {
        /** The same, which has failed once more. */
        Reloading again() {
            return new Reloading(losses, past, beside, failed + 1);
        }
    }

    ReadingPhase OPENING = new Opening();
    ReadingPhase READING = new Reading();
}
