package dev.gapless.gateway.internal.json;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * Reads START: {@code latest}, {@code earliest}, a time, a cursor token, or what a client has kept by itself, as JSON ({@link OpenForm}).
 * Tokens begin with a letter, times with a digit.
 */
public final class StartRequest {
    /** The names of these forms. A client that knows a further one looks here before it sends it. */
    public static final List<String> FORMS = List.of("latest", "earliest", "time", "token", "positions", "then");

    private StartRequest() {}

    /**
     * Reads one.
     *
     * @param cluster the cluster's id, for the open form
     * @throws IllegalArgumentException that says what is wrong
     */
    public static StartFrom parse(String text, String topic, String cluster) {
        if (text.equals("latest")) {
            return StartFrom.latest();
        }
        if (text.equals("earliest")) {
            return StartFrom.earliest();
        }
        for (String word : List.of("latest", "earliest")) {
            if (text.equalsIgnoreCase(word)) {
                throw new IllegalArgumentException("'" + text + "' is written '" + word + "'");
            }
        }
        if (!text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9') {
            return StartFrom.since(time(text));
        }
        CursorToken token = text.startsWith("{") ? OpenForm.parse(text, topic, cluster) : CursorToken.parse(text);
        if (!token.topic().equals(topic)) {
            throw new IllegalArgumentException("the cursor token is of topic '" + token.topic() + "'");
        }
        return StartFrom.token(token);
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no time of ISO 8601 with its offset, like 2026-01-31T12:00:00Z", e);
        }
    }
}
