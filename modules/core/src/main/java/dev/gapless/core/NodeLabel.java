package dev.gapless.core;

import java.util.regex.Pattern;

/** What an incarnation of a node is called: the name of the node, or the address of the incarnation as long as it has not said a name. */
public final class NodeLabel {
    private static final Pattern ADDRESS = Pattern.compile(".*:\\d+");

    private NodeLabel() {}

    /** Does it look like an address? Then it may be that nobody has heard the node's name. */
    public static boolean isAddress(String label) {
        return ADDRESS.matcher(label).matches();
    }
}
