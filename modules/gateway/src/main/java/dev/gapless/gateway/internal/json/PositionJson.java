package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import java.util.Comparator;
import java.util.List;

/** Writes where a producer is. */
public final class PositionJson {
    private static final Comparator<CursorToken.Entry> FURTHEST_LAST = Comparator.comparing(CursorToken.Entry::node)
            .thenComparing(entry -> !entry.over())
            .thenComparing(CursorToken.Entry::sequence);

    private PositionJson() {}

    /** Adds {@code node}, {@code epoch} and {@code seq}. */
    public static void write(ObjectNode to, String node, Position position) {
        to.put("node", node).put("epoch", position.epoch().toString()).put("seq", position.sequence());
    }

    /** The same of a token's stream; {@code seq} is null where it is not known, and {@code ended} there if the stream is over. */
    public static void write(ObjectNode to, CursorToken.Entry entry) {
        Position position = entry.position();
        to.put("node", entry.node())
                .put("epoch", entry.epoch().toString())
                .put("seq", position == null ? null : (Long) position.sequence());
        if (entry.over()) {
            to.put("ended", true);
        }
    }

    /**
     * As many as a client may send again, the first ones, in the order of their nodes. Of two of one node the one that is further comes last: who keeps
     * one for each node keeps that, and lacks nothing of the other, which is over or has not begun.
     */
    public static List<CursorToken.Entry> listed(List<CursorToken.Entry> places) {
        return places.stream()
                .limit(Limits.MAX_TOKEN_POSITIONS)
                .sorted(FURTHEST_LAST)
                .toList();
    }
}
