package dev.gapless.core.producer;

import java.util.function.Consumer;

/**
 * Who has these messages is wanted.
 *
 * @param first the first of them, in the log's own stream
 * @param last the last
 * @param nodes how many other nodes are to have them in a feed; {@link #ALL} for each that reads when this is asked
 * @param dueNs when it is answered at the latest
 * @param answer called once, by the thread that the producer has
 */
public record ReceiptRequest(long first, long last, int nodes, long dueNs, Consumer<ReceiptAnswer> answer) {
    public static final int ALL = 0;
}
