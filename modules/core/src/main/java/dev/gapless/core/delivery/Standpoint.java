package dev.gapless.core.delivery;

/**
 * Where a subscription stood, and what was known of the topic then: what a token needs that is made later, without the messages. Immutable; it
 * means something to the subscription alone that it is of.
 */
public interface Standpoint {
    /** The same, behind so many messages of the run that was given there. */
    Standpoint after(int messages);
}
