package dev.gapless;

import dev.gapless.internal.Node;

/** Makes a {@link Gapless} of a node of the test kit. */
public final class NodeAccess {
    private NodeAccess() {}

    public static Gapless gapless(Node node) {
        return new Gapless(node);
    }
}
