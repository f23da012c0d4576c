package dev.gapless.core;

/** Bounds that no setting changes: what is larger is refused where it is made, and where it arrives. */
public final class Limits {
    /** Characters of a topic's, a node's or a cluster's name. */
    public static final int MAX_NAME = 255;
    /** Characters of a message's key. */
    public static final int MAX_KEY = 4_096;
    /** Headers of a message. */
    public static final int MAX_HEADERS = 64;
    /** Characters of a header's name or value. */
    public static final int MAX_HEADER = 4_096;
    /** Characters of a serializer's manifest. */
    public static final int MAX_MANIFEST = 1_024;
    /** Messages in one batch, whatever their size. */
    public static final int MAX_BATCH_MESSAGES = 8_192;
    /** Producers that one cursor token names. Each has to be waited for where the token is resumed. */
    public static final int MAX_TOKEN_POSITIONS = 1_000;

    /** No bound: for how many nodes, less one, a map has room at first. Each topic has several. */
    public static final int NODES_AT_FIRST = 4;

    private Limits() {}

    /** Returns the text, or throws if it is empty or too long for {@code what}. */
    public static String checkName(String what, String text) {
        if (text.isEmpty() || text.length() > MAX_NAME) {
            throw new IllegalArgumentException("A " + what + " has 1 to " + MAX_NAME + " characters, this has "
                    + text.length() + ": '" + text + "'");
        }
        return text;
    }
}
