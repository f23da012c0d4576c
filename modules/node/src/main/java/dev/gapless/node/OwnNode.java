package dev.gapless.node;

import dev.gapless.core.CursorToken;
import java.util.function.UnaryOperator;

/**
 * Takes this process's own node out of its tokens. It subscribes only, so nobody misses anything of it; but a token that
 * lists it would be answered, once this process has ended, with a notice that its node has been started anew, or is lost.
 *
 * @param node its name
 */
record OwnNode(String node) implements UnaryOperator<CursorToken> {
    @Override
    public CursorToken apply(CursorToken token) {
        return token.without(node);
    }
}
