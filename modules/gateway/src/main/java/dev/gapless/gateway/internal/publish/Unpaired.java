package dev.gapless.gateway.internal.publish;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.json.Refusal;
import dev.gapless.gateway.internal.json.Refusal.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Half a surrogate pair. JSON can have one as an escape, such as {@code "\\ud800"}; UTF-8 cannot, and it would be written as another
 * character: a question mark.
 */
final class Unpaired {
    private Unpaired() {}

    /** Throws {@link Refusal} if the message has one. */
    static void check(JsonPublisher.Given given) {
        check("the key", given.key());
        given.headers().forEach((name, value) -> {
            check("a header", name);
            check("the header '" + name + "'", value);
        });
        JsonNode data = given.data();
        if (data != null) {
            check(data);
        }
    }

    private static void check(JsonNode json) {
        if (json.isTextual()) {
            check("a text of data", json.textValue());
        }
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            check("the name of a member of data", member.getKey());
            check(member.getValue());
        }
        if (json.isArray()) {
            json.forEach(Unpaired::check);
        }
    }

    private static void check(String what, @Nullable String text) {
        if (text == null) {
            return;
        }
        int at = find(text);
        if (at >= 0) {
            throw new Refusal(
                    Kind.BAD_MESSAGE,
                    String.format(
                            "%s has half a surrogate pair, \\u%04x, behind %d characters: it is no character, and UTF-8 cannot hold it",
                            what, (int) text.charAt(at), at));
        }
    }

    /** {@return where the first one is; -1 if there is none} */
    private static int find(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }
}
