package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads START: {@code latest}, {@code earliest}, a time, a cursor token, or its open form, the positions as JSON. Tokens begin
 * with a letter, times with a digit.
 */
public final class Start {
    private Start() {}

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
        Map<String, @Nullable Position> positions = new TreeMap<>();
        List<CursorToken.Lost> ended = new ArrayList<>();
        try {
            JsonNode list = PayloadJson.read(text).get("positions");
            if (list == null || !list.isArray()) {
                throw new IllegalArgumentException("the open form of a token is {\"positions\":[…]}");
            }
            for (JsonNode entry : list) {
                position(entry, positions, ended);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the open form of a token is JSON: " + Reasons.ofJson(e), e);
        }
        return CursorToken.ofHand(topic, cluster, System.currentTimeMillis(), positions, ended);
    }

    /** One that is not known has no sequence, or none that is not null. Of one that ended before it was known nothing is left to tell. */
    private static void position(
            JsonNode entry, Map<String, @Nullable Position> positions, List<CursorToken.Lost> ended) {
        JsonNode node = entry.path("node");
        JsonNode sequence = entry.path("seq");
        JsonNode over = entry.path("ended");
        boolean isWrong = !node.isTextual() || !(sequence.isNull() || isLong(sequence));
        if (isWrong || !(over.isMissingNode() || over.isNull() || over.isBoolean())) {
            throw new IllegalArgumentException(
                    "this is no position: " + entry + "; one is {\"node\":…,\"epoch\":…,\"seq\":…}");
        }
        Epoch epoch = sequence.isNull() ? null : Epoch.parse(entry.path("epoch").asText());
        Position position = epoch == null ? null : new Position(epoch, sequence.longValue());
        if (!over.asBoolean(false)) {
            positions.put(node.textValue(), position);
        } else if (position != null) {
            ended.add(new CursorToken.Lost(node.textValue(), CursorToken.Lost.UNKNOWN, position));
        }
    }

    /** A number that is too large is refused: cut to a long it would be another position. */
    private static boolean isLong(JsonNode sequence) {
        return sequence.canConvertToExactIntegral() && sequence.canConvertToLong();
    }
}
