package dev.gapless.node;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Takes this process's own node out of its tokens. It subscribes only, so nobody misses anything of it; but a token that
 * lists it would be answered, once this process has ended, with a notice that its node has been started anew, or is lost.
 *
 * @param node its name
 */
record OwnNode(String node) implements UnaryOperator<CursorToken> {
    @Override
    public CursorToken apply(CursorToken token) {
        Map<String, @Nullable Position> positions = new TreeMap<>(token.positions());
        positions.remove(node);
        return token.withPositions(positions);
    }
}
