package dev.gapless.core.producer;

import java.util.Map;

/**
 * Who has the messages.
 *
 * @param isHeld do as many have them as were wanted?
 * @param standings of each node that read when this was asked, or reads by now, by its incarnation
 */
public record ReceiptAnswer(boolean isHeld, Map<Long, Standing> standings) {
    public ReceiptAnswer {
        standings = Map.copyOf(standings);
    }

    /** How a node is to the messages. */
    public enum Kind {
        /** It has, or had, them in a feed. */
        HELD,
        /** It has yet to acknowledge the last, and answers. */
        BEHIND,
        /** It has yet to acknowledge the last, and has not answered for a heartbeat and more. */
        SILENT,
        /** The ring overtook it, and it was told so; if they were under way then, nobody knows here whether it got them. */
        EXPIRED,
        /** It is no member any more. */
        REMOVED,
        /** Nobody subscribes there any more. */
        UNSUBSCRIBED,
        /** It began, or registered again, behind the first of them: what it has of before nobody knows here. */
        LATER
    }

    /**
     * How a node is to the messages.
     *
     * @param amount if it is behind, how many messages it has yet to acknowledge up to the last; if it is silent, for how many milliseconds;
     *     else 0
     */
    public record Standing(Kind kind, long amount) {}
}
