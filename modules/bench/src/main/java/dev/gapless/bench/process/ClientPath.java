package dev.gapless.bench.process;

import java.util.Locale;

/** What a WebSocket client of a gateway asks for. */
public enum ClientPath {
    /** What the client in {@code clients/js} does: a test compares them. */
    JAVASCRIPT,
    /** Nothing but the topic. */
    PLAIN,
    /** A token with each event. */
    IDS;

    /** As an argument of a process. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ClientPath of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
