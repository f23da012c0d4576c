package dev.gapless.core.subscription;

import dev.gapless.core.feed.Frontier;

/** What a subscription does. Which feed it reads makes no difference to that. */
sealed interface SubscriptionPhase {
    /** It is given what comes. */
    record Reading() implements SubscriptionPhase {}

    /**
     * A reload is due, and may not begin yet. The frontier stands in front of what it is about.
     *
     * @param untilNs when it may
     */
    record Waiting(long untilNs) implements SubscriptionPhase {}

    /**
     * The application reloads. The frontier stands in front of the gaps.
     *
     * @param upTo the frontier once that has succeeded
     * @param failed how often it has failed
     */
    record Reloading(Frontier upTo, int failed) implements SubscriptionPhase {}

    /**
     * It has asked where to read on.
     *
     * @param from its frontier before that: what other feeds may not say counts as unknown meanwhile, and is not if it stays
     */
    record Unplaced(Frontier from) implements SubscriptionPhase {}

    SubscriptionPhase READING = new Reading();
}
