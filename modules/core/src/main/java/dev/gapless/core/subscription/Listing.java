package dev.gapless.core.subscription;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Known;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a token lists (rule T1). */
final class Listing {
    private Listing() {}

    /**
     * The positions of a token, by producer; null where only the producer can say.
     *
     * @param at V
     * @param untold ends that the subscription is still to be told
     * @param known what its feed knows
     */
    static Map<String, @Nullable Position> of(Vector at, List<End> untold, Known known) {
        Map<String, @Nullable Position> positions = new HashMap<>();
        for (String node : known.mustBeListed()) {
            positions.put(node, null);
        }
        // What began with an expiry that was not passed yet has no position either.
        known.newest().keySet().forEach(node -> positions.put(node, null));
        known.origins().forEach((node, origin) -> {
            if (at.get(node) != null) {
                return; // V says it
            } else if (!hasReached(at, origin)) {
                positions.put(node, origin.position());
            } else if (!known.mustBeListed().contains(node)) {
                positions.remove(node); // one life, which the token lists under another name
            }
        });
        at.positions().forEach((node, position) -> {
            if (!(position instanceof End end)) {
                positions.put(node, position.position());
            } else if (isOver(end, known)
                    && untold.stream().noneMatch(one -> one.node().equals(node))) {
                positions.remove(node);
            } else {
                positions.put(node, isOfTheStart(end) ? null : end.last());
            }
        });
        positions.keySet().removeIf(Departure::isAside); // of them a token tells otherwise
        positions.keySet().removeIf(node -> at.get(node) instanceof At here && isListedAsLost(here, positions, at));
        return positions;
    }

    /** Is the life of that position listed under another name, with the end that was told there? */
    private static boolean isListedAsLost(At here, Map<String, @Nullable Position> positions, Vector at) {
        return !here.epoch().equals(Epoch.NONE)
                && at.positions().values().stream()
                        .anyMatch(other -> other instanceof End
                                && !other.node().equals(here.node())
                                && here.epoch().equals(other.epoch())
                                && other.sequence() >= here.sequence()
                                && positions.get(other.node()) != null);
    }

    private static boolean hasReached(Vector at, At origin) {
        Epoch epoch = origin.position().epoch();
        return !epoch.equals(Epoch.NONE) // which many have
                && at.positions().values().stream()
                        .map(Placed::position)
                        .anyMatch(position -> position != null
                                && position.epoch().equals(epoch)
                                && position.sequence() >= origin.sequence());
    }

    /** Of which lives the positions are, by producer, as far as that is known. */
    static Map<String, Long> lives(Vector at, Known known, Remembered remembered) {
        Map<String, Long> lives = new HashMap<>();
        known.origins().forEach((node, origin) -> lives.put(node, origin.era().uid()));
        at.positions().forEach((node, position) -> lives.put(node, remembered.lifeOf(position)));
        lives.values().removeIf(uid -> uid == 0);
        return lives;
    }

    /** Is that producer over, so that nothing of it is left to tell? */
    private static boolean isOver(End end, Known known) {
        if (known.mustBeListed().contains(end.node())) {
            return false;
        }
        Placed newest = known.newest().get(end.node());
        if (newest == null) {
            return true;
        }
        // Where the feed has not seen the end that the subscription was told, its producer may be there yet.
        // Of a later life V has nothing: a member is asked for all of it, and its end is told where the token is
        // resumed (T2).
        return newest instanceof End || isOfTheStart(end);
    }

    /** The subscription was never in front of this end: only the feed knows the position there. */
    private static boolean isOfTheStart(End end) {
        return end.toldBy() == End.ToldBy.START;
    }
}
