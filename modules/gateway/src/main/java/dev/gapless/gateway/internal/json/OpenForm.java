package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Reads the place that a client has kept by itself: a token and what came since, {@code {"token":…,"then":[…]}}, or a list of positions
 * alone, {@code {"positions":[…]}}.
 */
final class OpenForm {
    private static final Set<String> OF_TOKEN = Set.of("token", "then");
    private static final Set<String> OF_THEN = Set.of("node", "epoch", "seq", "ended");

    /** A list does not say when it was: what ended, whenever that was, and is not listed, is announced. */
    private static final long ALL_THAT_IS_REMEMBERED = 0;

    private OpenForm() {}

    /** Throws IllegalArgumentException that says what is wrong. */
    static CursorToken parse(String text, String topic, String cluster) {
        JsonNode json;
        try {
            json = PayloadJson.read(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the open form of a token is JSON: " + Reasons.ofJson(e), e);
        }
        if (json.has("token") || json.has("then")) {
            return tokenAndThen(json);
        }
        JsonNode list = json.get("positions");
        if (list == null || !list.isArray()) {
            throw new IllegalArgumentException(
                    "the open form of a token is {\"token\":…,\"then\":[…]}, or {\"positions\":[…]}");
        }
        return positions(list, topic, cluster);
    }

    // ------------------------------------------------------------------ a token and what came since

    private static CursorToken tokenAndThen(JsonNode json) {
        checkMembers("a token with what came since", json, OF_TOKEN);
        JsonNode token = json.path("token");
        JsonNode then = json.path("then");
        if (!token.isTextual()) {
            throw new IllegalArgumentException("beside then stands token, a cursor token");
        }
        if (!then.isArray()) {
            throw new IllegalArgumentException("then is a list of {\"node\":…,\"epoch\":…,\"seq\":…}");
        }
        List<CursorToken.Entry> since = new ArrayList<>();
        for (JsonNode entry : then) {
            try {
                since.add(entry(entry));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("then[" + since.size() + "]: " + Reasons.of(e), e);
            }
        }
        return CursorToken.parse(token.textValue()).then(since);
    }

    private static CursorToken.Entry entry(JsonNode entry) {
        if (!entry.isObject()) {
            throw new IllegalArgumentException("an entry is {\"node\":…,\"epoch\":…,\"seq\":…}");
        }
        checkMembers("an entry", entry, OF_THEN);
        JsonNode node = entry.path("node");
        JsonNode epoch = entry.path("epoch");
        JsonNode sequence = entry.path("seq");
        JsonNode over = entry.path("ended");
        if (!node.isTextual() || !epoch.isTextual()) {
            throw new IllegalArgumentException("node and epoch are texts");
        }
        if (!isLong(sequence) || sequence.longValue() < 0) {
            throw new IllegalArgumentException("seq is a whole number, at least 0");
        }
        if (!(over.isMissingNode() || over.isBoolean())) {
            throw new IllegalArgumentException("ended is true or false");
        }
        return new CursorToken.Entry(
                node.textValue(), 0, Epoch.parse(epoch.textValue()), sequence.longValue(), over.asBoolean(false));
    }

    private static void checkMembers(String what, JsonNode json, Set<String> known) {
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new IllegalArgumentException(what + " has no member '" + name + "'");
            }
        }
    }

    // ------------------------------------------------------------------ positions alone

    private static CursorToken positions(JsonNode list, String topic, String cluster) {
        List<CursorToken.Entry> entries = new ArrayList<>();
        boolean lists = true;
        for (JsonNode entry : list) {
            lists &= addPosition(entry, entries);
        }
        return lists
                ? CursorToken.ofHand(topic, cluster, ALL_THAT_IS_REMEMBERED, entries)
                : new CursorToken(topic, cluster, System.currentTimeMillis(), HistoryId.UNKNOWN, entries, 0);
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
