package dev.gapless.node.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the producer said that it would publish, before it did. */
final class Published {
    private final Map<Long, Incarnation> incarnations = new LinkedHashMap<>();

    /** One process. */
    private static final class Incarnation {
        final List<Integer> checksums = new ArrayList<>();
        long delivered;
        boolean stopped;

        long count() {
            // Of the last one, killed in the middle, it is not known whether it got so far, unless somebody has it.
            return stopped ? checksums.size() : Math.max(delivered, checksums.size() - 1);
        }
    }

    /** It is about to publish its next message. */
    void publishing(long incarnation, int checksum) {
        incarnations
                .computeIfAbsent(incarnation, l -> new Incarnation())
                .checksums
                .add(checksum);
    }

    /** It published all that it said. */
    void stopped(long incarnation) {
        incarnations.computeIfAbsent(incarnation, l -> new Incarnation()).stopped = true;
    }

    /** Somebody has this message. */
    void delivered(long incarnation, long number) {
        Incarnation known = incarnations.computeIfAbsent(incarnation, l -> new Incarnation());
        known.delivered = Math.max(known.delivered, number);
    }

    /** Is this what the producer said? To be asked when everything was heard: the two come on different ways. */
    boolean matches(long incarnation, long number, int checksum) {
        Incarnation known = incarnations.get(incarnation);
        return known != null
                && number >= 1
                && number <= known.checksums.size()
                && known.checksums.get((int) number - 1) == checksum;
    }

    /** How many messages a process has published, as far as is known. */
    long count(long incarnation) {
        Incarnation known = incarnations.get(incarnation);
        return known == null ? 0 : known.count();
    }

    /** How many messages were published, over all incarnations. */
    long total() {
        return incarnations.values().stream().mapToLong(Incarnation::count).sum();
    }

    /** How many were published by now. */
    long announced() {
        return incarnations.values().stream()
                .mapToLong(incarnation -> incarnation.checksums.size())
                .sum();
    }
}
