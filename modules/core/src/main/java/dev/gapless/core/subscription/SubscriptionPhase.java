package dev.gapless.core.subscription;

import dev.gapless.core.feed.Placed;
import java.util.Map;

/** What a subscription does. Which feed it reads, its own or the shared one, makes no difference to that. */
sealed interface SubscriptionPhase {

    /** It is given what comes. */
    record Reading() implements SubscriptionPhase {}

    /**
     * A reload is due, and may not begin yet. V stands in front of what it is about.
     *
     * @param untilNs when it may
     */
    record Waiting(long untilNs) implements SubscriptionPhase {}

    /**
     * The application reloads. V stands in front of the gaps.
     *
     * @param from the index of the entry where the gaps begin
     * @param upTo where V goes on once that has succeeded; never empty
     * @param failed how often it has failed
     */
    record Reloading(long from, Map<String, Placed> upTo, int failed) implements SubscriptionPhase {}

    /** The shared feed has overtaken it, and the consumer is to say where it reads on (rule S6). V stands in front of what is missing. */
    record Behind() implements SubscriptionPhase {}

    SubscriptionPhase READING = new Reading();

    SubscriptionPhase BEHIND = new Behind();
}
