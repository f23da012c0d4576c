package dev.gapless.core;

import java.util.Objects;

/** Bounds that no setting changes: what is larger is refused where it is made, and where it arrives. */
public final class Limits {
    /** Characters of a topic's, a node's or a cluster's name. */
    public static final int MAX_NAME = 255;
    /** Characters of a message's key. */
    public static final int MAX_KEY = 4_096;
    /** Characters of a publication's id: a subject's name, and a key of the client's. */
    public static final int MAX_ID = 1_024;
    /** Characters of a message's traceparent, as W3C Trace Context has it. */
    public static final int MAX_TRACEPARENT = 55;
    /** Characters of a message's tracestate. A longer one is left out. */
    public static final int MAX_TRACESTATE = 512;
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

    /** Incarnations that one cursor token names as ended. */
    public static final int MAX_TOKEN_ENDED = 100;
    /** Producers that one cursor token names as announced as lost. */
    public static final int MAX_TOKEN_LOST = 64;
    /** Bytes of what one message tells of streams that ended, about. More of them go in parts. */
    public static final int MAX_FAREWELL_BYTES = 12 * 1024;

    /** Attempts of one registration that may still be answered: the first, and the latest. */
    public static final int MAX_ATTEMPTS = 8;

    /** Shards of a node. */
    public static final int MAX_SHARDS = 1_024;

    /** Initial capacity of maps and lists keyed by node. Not a bound. */
    public static final int NODES_AT_FIRST = 4;

    /** The most streams of earlier incarnations that a stored log has beside its own (rule D5). */
    public static final int MOST_EARLIER_STREAMS = 16;

    /** A log that is opened anew leaves out messages that have so many marks behind them (rule D10). */
    public static final int MOST_MARKS = 256;

    /** Characters of a text that an error quotes. */
    private static final int MAX_SHOWN = 80;

    private Limits() {}

    /** Returns the text, or throws if it is empty or too long for {@code what}. */
    public static String checkName(String what, String text) {
        if (text.isEmpty() || text.length() > MAX_NAME) {
            throw new IllegalArgumentException("A " + what + " has 1 to " + MAX_NAME + " characters, this has "
                    + text.length() + ": '" + shown(text) + "'");
        }
        return text;
    }

    /**
     * {@link #checkName} for a name that an application gives: it must not be null or blank, nor hold what cannot be printed in one line.
     * Names from the wire are not asked for that, so that no node is harmed by another one.
     */
    public static String checkGivenName(String what, String text) {
        checkName(what, Objects.requireNonNull(text, () -> what + " must not be null"));
        if (text.isBlank() || text.codePoints().anyMatch(Limits::isUnprintable)) {
            throw new IllegalArgumentException(
                    "A " + what + " is neither blank nor has line breaks, control characters or half"
                            + " of a surrogate pair, unlike '" + shown(text) + "'");
        }
        return text;
    }

    private static boolean isUnprintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            default -> false;
        };
    }

    /** In one line, and not all of it if it is long. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(MAX_SHOWN).forEach(character -> {
            if (isUnprintable(character)) {
                shown.append(String.format("\\u%04x", character));
            } else {
                shown.appendCodePoint(character);
            }
        });
        return text.codePointCount(0, text.length()) > MAX_SHOWN ? shown + "…" : shown.toString();
    }
}
