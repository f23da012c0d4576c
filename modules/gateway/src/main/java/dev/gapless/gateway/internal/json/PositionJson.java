package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.util.Comparator;
import java.util.List;

/** Writes where a producer is. */
public final class PositionJson {
    private static final Comparator<CursorToken.Entry> FURTHEST_LAST =
            Comparator.comparing(CursorToken.Entry::node).thenComparing(CursorToken.Entry::sequence);

    private PositionJson() {}

    /** Adds {@code node}, {@code epoch} and {@code seq}. */
    public static void write(ObjectNode to, String node, Position position) {
        to.put("node", node).put("epoch", position.epoch().toString()).put("seq", position.sequence());
    }

    /** The same of a token's stream; {@code seq} is null where it is not known. */
    public static void write(ObjectNode to, CursorToken.Entry entry) {
        Position position = entry.position();
        to.put("node", entry.node())
                .put("epoch", entry.epoch().toString())
                .put("seq", position == null ? null : (Long) position.sequence());
    }

    /**
     * The streams that go on, in the order of their nodes. Of two of one node the one that is further comes last: who keeps one for each node
     * keeps that, and lacks nothing of the other, which has not begun.
     */
    public static List<CursorToken.Entry> open(CursorToken token) {
        return token.entries().stream()
                .filter(entry -> !entry.over())
                .sorted(FURTHEST_LAST)
                .toList();
    }
}
