package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Half a surrogate pair. JSON can have one as an escape, such as {@code "\\ud800"}; UTF-8 cannot, and it would be written as another
 * character: a question mark.
 */
public final class Unpaired {
    private Unpaired() {}

    /** {@return where the first one is in this JSON, in words; null if there is none} */
    public static @Nullable String in(JsonNode json) {
        String found = json.isTextual() ? in("a text", json.textValue()) : null;
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            found = found != null ? found : in("the name of a member", member.getKey());
            found = found != null ? found : in(member.getValue());
        }
        if (json.isArray()) {
            for (JsonNode element : json) {
                found = found != null ? found : in(element);
            }
        }
        return found;
    }

    /** The same, of a text, which is called so. */
    public static @Nullable String in(String what, @Nullable String text) {
        if (text == null) {
            return null;
        }
        int at = find(text);
        return at < 0
                ? null
                : String.format(
                        "%s has half a surrogate pair, \\u%04x, behind %d characters: it is no character, and UTF-8 cannot hold it",
                        what, (int) text.charAt(at), at);
    }

    /** {@return where the first one is; -1 if there is none} */
    public static int find(CharSequence text) {
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
