package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads START: {@code latest}, {@code earliest}, a time, a cursor token, or its open form, the positions as JSON. Tokens begin
 * with a letter, times with a digit.
 */
public final class StartRequest {
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
        CursorToken token = text.startsWith("{") ? openForm(text, topic, cluster) : CursorToken.parse(text);
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

    private static CursorToken openForm(String text, String topic, String cluster) {
        List<CursorToken.Entry> entries = new ArrayList<>();
        boolean lists = true;
        try {
            JsonNode list = PayloadJson.read(text).get("positions");
            if (list == null || !list.isArray()) {
                throw new IllegalArgumentException("the open form of a token is {\"positions\":[…]}");
            }
            for (JsonNode entry : list) {
                lists &= addPosition(entry, entries);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the open form of a token is JSON: " + Reasons.ofJson(e), e);
        }
        long timeMs = System.currentTimeMillis();
        return lists
                ? CursorToken.ofHand(topic, cluster, timeMs, entries)
                : new CursorToken(topic, cluster, timeMs, HistoryId.UNKNOWN, entries, 0);
    }

    /**
     * Adds one. Where it is not known how far it was read it has no sequence.
     *
     * @return false if it goes on, and nobody can tell which stream it is of: then whatever the client may have missed is told first
     */
    private static boolean addPosition(JsonNode entry, List<CursorToken.Entry> entries) {
        JsonNode node = entry.path("node");
        JsonNode sequence = entry.path("seq");
        JsonNode over = entry.path("ended");
        boolean isWrong = !node.isTextual() || !(sequence.isNull() || isLong(sequence));
        if (isWrong || !(over.isMissingNode() || over.isNull() || over.isBoolean())) {
            throw new IllegalArgumentException(
                    "this is no position: " + entry + "; one is {\"node\":…,\"epoch\":…,\"seq\":…}");
        }
        boolean isOver = over.asBoolean(false);
        if (sequence.isNull() && entry.path("epoch").asText("").isEmpty()) {
            Limits.checkName("node", node.textValue());
            return isOver;
        }
        Epoch epoch = Epoch.parse(entry.path("epoch").asText());
        long known =
                sequence.isNull() ? CursorToken.Entry.UNKNOWN : new Position(epoch, sequence.longValue()).sequence();
        entries.add(new CursorToken.Entry(node.textValue(), 0, epoch, known, isOver));
        return true;
    }

    /** A number that is too large is refused: cut to a long it would be another position. */
    private static boolean isLong(JsonNode sequence) {
        return sequence.canConvertToExactIntegral() && sequence.canConvertToLong();
    }
}
