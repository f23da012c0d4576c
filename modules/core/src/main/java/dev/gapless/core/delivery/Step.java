package dev.gapless.core.delivery;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import java.util.List;

/** What a subscription is to do next. */
public sealed interface Step {
    /**
     * Messages to deliver, in order.
     *
     * @param before where the subscription stands in front of them
     */
    record Messages(MessageRun run, Standpoint before) implements Step {}

    /**
     * Something is missed: reload.
     *
     * @param gaps at least one
     * @param timeMs when it became known, in milliseconds since 1970
     */
    record Missed(List<Gap> gaps, long timeMs) implements Step {}

    /**
     * A producer left in good order.
     *
     * @param position its last message
     */
    record Left(String node, Position position) implements Step {}

    /** Nothing is there: wait to be woken. */
    record Idle() implements Step {}

    /** A reload is under way. */
    record Reloading() implements Step {}

    /**
     * A reload is due, and may not begin yet; what becomes known meanwhile is handed over with it.
     *
     * @param untilNs when to ask again
     */
    record Waiting(long untilNs) implements Step {}

    Step IDLE = new Idle();
    Step RELOADING = new Reloading();
}
