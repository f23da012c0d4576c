package dev.gapless.core.consumer;

import dev.gapless.core.Position;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.subscription.Onward;
import dev.gapless.core.subscription.SubscriptionState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions that the shared feed has overtaken read on through one second reader, from the least of their positions, until they
 * join the shared feed again (rule S6). Who cannot is told what fell out of the shared feed.
 *
 * <pre>
 *           overtaken                     a ring holds what was overtaken
 *   (none) ───────────► ASKING the rings ─────────────────────────────────► SERVING
 *      ▲                     │ no ring does, or no answer in time              │ nobody reads it any more
 *      └─────────────────────┴─────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Not thread-safe: for the thread of the topic's consumer.
 */
final class Laggards {
    private final TopicReader shared;
    private @Nullable Second second;

    /** The second reader. */
    private static final class Second {
        final long number;
        final TopicReader reader;
        /** Where it began. */
        final Vector from;
        /** Producers of which the shared feed had dropped something that somebody lacked. */
        final Set<String> overtaken;

        final long decideNs;
        boolean serves;
        /** Those that wait for the rings' answers. */
        final Map<Long, Asking> asking = new LinkedHashMap<>();

        final Set<Long> reading = new HashSet<>();

        Second(long number, TopicReader reader, Vector from, Set<String> overtaken, long decideNs) {
            this.number = number;
            this.reader = reader;
            this.from = from;
            this.overtaken = overtaken;
            this.decideNs = decideNs;
        }
    }

    /** One that is to read on there. */
    private record Asking(Open one, Onward.In onward) {}

    Laggards(TopicReader shared) {
        this.shared = shared;
    }

    /** Where the second reader must begin for all that were overtaken, or null if there is one already, or nobody may read it. */
    @Nullable Vector needed(Collection<Open> open) {
        if (second != null) {
            return null;
        }
        Map<String, Placed> least = new HashMap<>();
        boolean any = false;
        for (Open one : open) {
            Vector at = one.subscription.isOvertaken() ? reached(one.subscription) : null;
            if (at != null) {
                any |= one.subscription.isBehind();
                at.positions().forEach((node, position) -> {
                    if (position instanceof At) {
                        least.merge(node, position, (a, b) -> a.isBeyond(b) ? b : a);
                    }
                });
            }
        }
        return any ? Vector.of(least) : null;
    }

    /** The positions of a token, without producers that are over. */
    static Map<String, Position> positions(Vector of) {
        Map<String, Position> positions = new HashMap<>();
        of.positions().forEach((node, position) -> {
            if (position instanceof At at) {
                positions.put(node, at.position());
            }
        });
        return positions;
    }

    /** This reader begins there. */
    void begins(long number, TopicReader reader, Vector from, long decideNs) {
        Set<String> overtaken = new HashSet<>();
        shared.feed().overtaken().bases().positions().forEach((node, base) -> {
            if (base.isBeyond(from.get(node))) {
                overtaken.add(node);
            }
        });
        second = new Second(number, reader, from, overtaken, decideNs);
    }

    /** Takes those that ask where they read on: they are answered at once, or by {@link #decide}. */
    void place(Collection<Open> open, long nowNs) {
        for (Open one : open) {
            boolean isAsked = second != null && second.asking.containsKey(one.id);
            if (one.subscription.isBehind() && !isAsked) {
                ask(one, nowNs);
            }
        }
    }

    private void ask(Open one, long nowNs) {
        Second to = second;
        Vector at = to == null ? null : reached(one.subscription);
        FeedCursor cursor =
                to != null && at != null && isFrom(at, to) ? to.reader.feed().attachBehind(at, nowNs) : null;
        if (to == null || at == null || cursor == null) {
            one.subscription.goOn(Onward.TOLD);
        } else {
            to.asking.put(one.id, new Asking(one, new Onward.In(to.reader.feed(), cursor, at)));
        }
    }

    private static boolean isFrom(Vector at, Second to) {
        return to.from.positions().entrySet().stream()
                .noneMatch(from -> from.getValue().isBeyond(at.get(from.getKey())));
    }

    /** Answers those that wait, once the rings have answered. Returns those that read the second reader's feed from now on. */
    List<Open> decide(long nowNs) {
        Second to = second;
        if (to == null || to.asking.isEmpty() || !isDecided(to, nowNs)) {
            return List.of();
        }
        List<Open> moved = new ArrayList<>();
        for (Asking asking : to.asking.values()) {
            SubscriptionState subscription = asking.one().subscription;
            if (to.serves) {
                to.reading.add(asking.one().id);
                moved.add(asking.one());
                subscription.mayJoin(false); // before it has what this reader waits for
                subscription.goOn(asking.onward());
            } else {
                to.reader.feed().detach(asking.onward().cursor());
                subscription.goOn(Onward.TOLD);
            }
        }
        to.asking.clear();
        return moved;
    }

    /** Is it worth it? If no ring goes back further than the shared feed, more would be missed than by going on there. */
    private static boolean isDecided(Second to, long nowNs) {
        Set<String> held = to.reader.feed().known().origins().keySet();
        to.serves |= to.overtaken.stream().anyMatch(held::contains);
        return to.serves || to.reader.isSettled() || to.decideNs - nowNs <= 0;
    }

    /** Does anybody wait for the rings' answers? */
    boolean isAsked() {
        return second != null && !second.asking.isEmpty();
    }

    /** When that is decided at last, or {@code Long.MAX_VALUE}. */
    long dueNs() {
        return second == null || second.asking.isEmpty() ? Long.MAX_VALUE : second.decideNs;
    }

    /** It reads the second reader's feed no more. */
    void leaves(Open one) {
        if (second != null) {
            second.reading.remove(one.id);
        }
    }

    /** It has ended, and wants no answer. */
    void forget(Open one) {
        Second to = second;
        if (to != null) {
            Asking asking = to.asking.remove(one.id);
            if (asking != null) {
                to.reader.feed().detach(asking.onward().cursor());
            }
        }
    }

    /** The number of the second reader. */
    long number() {
        return second == null ? 0 : second.number;
    }

    /** The second reader that nobody reads any more: the number of a reader to close, or 0. */
    long closes() {
        Second to = second;
        if (to == null || !to.asking.isEmpty() || !to.reading.isEmpty()) {
            return 0;
        }
        second = null;
        return to.number;
    }

    /** Several read it, and none must hold up the others: who frees nothing falls behind alone. */
    void findStalled(long nowNs) {
        if (second != null && second.reading.size() > 1) {
            second.reader.feed().findStalled(nowNs);
        }
    }

    /**
     * Where a subscription stands in each producer, if all that it lacks is of producers that can be asked for it: V, with the origins of
     * what it has read nothing of. Null if something else happened: a producer came to its end, has not answered, or began anew.
     */
    @Nullable Vector reached(SubscriptionState subscription) {
        if (!shared.isWhole()) {
            return null;
        }
        Feed feed = shared.feed();
        Vector at = subscription.positions();
        Vector tails = feed.tails();
        Map<String, Placed> reached = new HashMap<>();
        for (Map.Entry<String, Placed> known : at.positions().entrySet()) {
            if (tails.get(known.getKey()) == null) {
                if (!(known.getValue() instanceof End end)) {
                    return null;
                } else if (end.toldBy() != End.ToldBy.FEED) { // else it is forgotten (rule F3)
                    reached.put(known.getKey(), end);
                }
            }
        }
        for (Map.Entry<String, Placed> tail : tails.positions().entrySet()) {
            String node = tail.getKey();
            Placed here = feed.where(node, at);
            if (tail.getValue() instanceof End end ? end.isBeyond(here) : !isIn(here, tail.getValue())) {
                return null;
            }
            if (here != null) {
                reached.put(node, here);
            }
        }
        return Vector.of(reached);
    }

    private static boolean isIn(@Nullable Placed here, Placed tail) {
        return here instanceof At && here.isLevelWith(tail);
    }
}
