package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.Position;
import org.jspecify.annotations.Nullable;

/** Writes where a producer is. */
public final class PositionJson {
    private PositionJson() {}

    /** Adds {@code node}, {@code epoch} and {@code seq}; these are null where they are not known. */
    public static void write(ObjectNode to, String node, @Nullable Position position) {
        to.put("node", node)
                .put("epoch", position == null ? null : position.epoch().toString())
                .put("seq", position == null ? null : (Long) position.sequence());
    }
}
