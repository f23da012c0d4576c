package dev.gapless.multijvm.node;

import java.util.List;
import java.util.Map;

/**
 * What a subscription was given, as the recorder in its process saw it.
 *
 * @param ready whether its ready() has completed
 * @param silent the members that ready() went on without
 * @param delivered how many messages
 * @param streams for each producer, in order
 * @param handovers how often CursorExpired was handed over, again after a failed reload included
 * @param reloads how many of these reloads succeeded
 * @param undecodable how many messages could not be decoded
 * @param inHandler whether the handler is held at a closed gate right now
 * @param violations what must never happen; empty in a correct program
 * @param ended why it ended, or null
 */
public record Report(
        boolean ready,
        List<String> silent,
        long delivered,
        Map<String, List<Item>> streams,
        long handovers,
        long reloads,
        long undecodable,
        boolean inHandler,
        List<String> violations,
        String ended) {

    /** What it was given of this producer. */
    public List<Item> of(String node) {
        return streams.getOrDefault(node, List.of());
    }

    /** How many messages of this producer were delivered. */
    public long delivered(String node) {
        return of(node).stream()
                .filter(Item::isDelivered)
                .mapToLong(Item::count)
                .sum();
    }

    /** How many messages of this producer were announced as missed, where that is known. */
    public long announced(String node) {
        return gaps(node).stream()
                .mapToLong(gap -> gap.count() == null ? 0 : gap.count())
                .sum();
    }

    /** Delivered and announced. */
    public long accounted(String node) {
        return delivered(node) + announced(node);
    }

    public List<Item> gaps(String node) {
        return of(node).stream().filter(Item::isGap).toList();
    }

    /** All gaps, of all producers. */
    public List<Item> gaps() {
        return streams.values().stream()
                .flatMap(List::stream)
                .filter(Item::isGap)
                .toList();
    }

    /** The last sequence of this producer that was delivered or announced, or 0. */
    public long reached(String node) {
        long reached = 0;
        for (Item item : of(node)) {
            if (item.isDelivered()) {
                reached = item.last();
            } else if (item.isGap() && item.resumesAt() != null) {
                reached = item.resumesAt() - 1;
            }
        }
        return reached;
    }
}
