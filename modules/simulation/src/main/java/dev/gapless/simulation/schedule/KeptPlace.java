package dev.gapless.simulation.schedule;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.simulation.node.SimulatedNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place of a client outside the cluster, as the client keeps it by the rules of docs/gateway.md ("Positions and tokens"): the last token and
 * what came since, or a list of positions that began with those of {@code subscribed}.
 */
final class KeptPlace {
    private final boolean isList;
    private @Nullable CursorToken token;
    private final Map<Epoch, CursorToken.Entry> entries = new LinkedHashMap<>();

    private KeptPlace(boolean isList) {
        this.isList = isList;
    }

    /** A token and what came since. */
    static KeptPlace ofToken() {
        return new KeptPlace(false);
    }

    /** A list of positions alone. */
    static KeptPlace ofList() {
        return new KeptPlace(true);
    }

    boolean isList() {
        return isList;
    }

    /**
     * The subscription is there.
     *
     * @param places what a list begins with
     */
    void subscribed(CursorToken given, List<CursorToken.Entry> places) {
        entries.clear();
        token = given;
        if (isList) {
            places.forEach(place -> put(place.node(), place.epoch(), place.sequence(), place.over()));
        }
    }

    /** It is given a token. */
    void token(CursorToken given) {
        if (!isList && token != null) {
            token = given;
            entries.clear();
        }
    }

    void message(String node, Position at) {
        put(node, at.epoch(), at.sequence(), false);
    }

    void left(String node, Position at) {
        put(node, at.epoch(), at.sequence(), true);
    }

    /** It has reloaded behind these. What one of them says of its own stream counts rather than where another one says that it goes on. */
    void reloaded(List<Gap> gaps) {
        List<Gap> ends =
                gaps.stream().filter(gap -> gap.node() != null && !goesOn(gap)).toList();
        ends.forEach(this::resumes);
        ends.forEach(this::ends);
        gaps.stream().filter(gap -> gap.node() != null && goesOn(gap)).forEach(this::resumes);
    }

    /** Does the stream go on of which it is? */
    private static boolean goesOn(Gap gap) {
        Position resumesAt = gap.resumesAt();
        return resumesAt != null && resumesAt.epoch().equals(gap.epoch());
    }

    private void resumes(Gap gap) {
        Position resumesAt = gap.resumesAt();
        if (resumesAt != null) {
            put(Objects.requireNonNull(gap.node()), resumesAt.epoch(), resumesAt.sequence() - 1, false);
        }
    }

    private void ends(Gap gap) {
        Epoch epoch = gap.epoch();
        CursorToken.Entry known = epoch == null ? null : entries.get(epoch);
        Long first = gap.firstMissing();
        if (epoch != null && first != null) {
            put(Objects.requireNonNull(gap.node()), epoch, first - 1, true);
        } else if (known != null) {
            put(known.node(), known.epoch(), known.sequence(), true);
        }
    }

    private void put(String node, Epoch epoch, long sequence, boolean over) {
        entries.put(epoch, new CursorToken.Entry(node, 0, epoch, sequence, over));
    }

    /** What it resumes with; null if it was never subscribed. */
    @Nullable CursorToken from() {
        if (token == null) {
            return null;
        }
        List<CursorToken.Entry> kept = new ArrayList<>(entries.values());
        return isList
                ? CursorToken.ofHand(SimulatedNode.TOPIC, Schedule.CLUSTER, 0, kept)
                : Objects.requireNonNull(token).then(kept);
    }
}
