package dev.gapless.core.feed;

import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The chains of all producers of a feed, and what they come to for a subscription that joins, or was overtaken. Under the feed's lock. */
final class Chains {
    private final Map<String, Chain> byNode = new HashMap<>(Limits.NODES_AT_FIRST);

    @Nullable Chain of(String node) {
        return byNode.get(node);
    }

    void add(Chain chain, String node) {
        byNode.put(node, chain);
    }

    /** An entry fell out of the ring, of messages those up to this index. Its producer has a chain until nothing of it is left there. */
    void evicted(FeedEntry entry, long upTo) {
        Chain chain = byNode.get(entry.node());
        if (chain == null) {
            throw new IllegalStateException(entry + " is of a producer that was forgotten");
        }
        chain.evicted(entry, upTo);
    }

    /** Forgets the producers that are over by this index, but for these. Returns their names. */
    Set<String> forgetOver(long byIndex, Set<String> known) {
        Set<String> gone = new HashSet<>();
        byNode.forEach((node, chain) -> {
            if (chain.isOverBy(byIndex) && !known.contains(node)) {
                gone.add(node);
            }
        });
        byNode.keySet().removeAll(gone);
        return gone;
    }

    /** Is the producer's stream known to be over there, or further on? */
    boolean areOverAt(End end) {
        Chain chain = byNode.get(end.node());
        return chain != null && chain.tail() instanceof End tail && !end.isBeyond(tail);
    }

    Vector tails() {
        Map<String, Placed> positions = new HashMap<>();
        byNode.forEach((node, chain) -> positions.put(node, chain.tail()));
        return Vector.of(positions);
    }

    Vector bases() {
        Map<String, Placed> positions = new HashMap<>();
        byNode.forEach((node, chain) -> {
            Placed base = chain.base();
            if (base != null) {
                positions.put(node, base);
            }
        });
        return Vector.of(positions);
    }

    /** The producers whose base is where they left in good order. */
    Set<String> left() {
        Set<String> left = new HashSet<>();
        byNode.forEach((node, chain) -> {
            if (chain.baseIsLeft()) {
                left.add(node);
            }
        });
        return left;
    }

    /** The key of the message in front of this position, if that is a base. */
    @Nullable String keyBefore(String node, Position position) {
        Chain chain = byNode.get(node);
        return chain == null ? null : chain.keyBefore(position);
    }

    // ------------------------------------------------------------------ joining (rule S5)

    /**
     * These positions, and the ends of producers that are over, unless they are among them with a position in a stretch: over for whoever
     * joins, too. What it missed of them it was told by its catch-up reader, which has heard of the same members.
     */
    Vector withEnded(Vector positions) {
        Map<String, Placed> ended = new HashMap<>();
        byNode.forEach((node, chain) -> {
            Placed known = positions.get(node);
            if (chain.tail() instanceof End end && (known == null || known instanceof End) && end.isBeyond(known)) {
                ended.put(node, end.forWhoWasAt(known));
            }
        });
        return ended.isEmpty() ? positions : positions.with(ended);
    }

    /** Do these positions reach the end of every producer that is over? */
    boolean endsAreReachedBy(Vector positions) {
        for (Map.Entry<String, Chain> chain : byNode.entrySet()) {
            Placed tail = chain.getValue().tail();
            if (tail instanceof End && tail.isBeyond(positions.get(chain.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** Do these positions reach the base of every producer, and what the feed has missed of the stretches that they are in? */
    boolean mayBeJoinedAt(Vector positions) {
        for (Map.Entry<String, Chain> chain : byNode.entrySet()) {
            if (chain.getValue().isExpiredBehind(positions.get(chain.getKey()))) {
                return false;
            }
        }
        return areReachedBy(positions);
    }

    /** Do these positions reach the base of every producer? */
    boolean areReachedBy(Vector positions) {
        for (Map.Entry<String, Chain> chain : byNode.entrySet()) {
            if (!chain.getValue().isReachedBy(positions.get(chain.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
