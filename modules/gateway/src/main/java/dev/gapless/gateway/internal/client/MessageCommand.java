package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.json.Refusal;
import dev.gapless.gateway.internal.json.Refusal.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a message that a client wants to publish. */
public final class MessageCommand {
    private MessageCommand() {}

    /** Reads key, headers, and data or {@code "deleted":true}. Throws {@link Refusal}. */
    public static JsonPublisher.Given given(JsonNode json) {
        JsonNode data = json.get("data");
        boolean deleted = json.path("deleted").asBoolean(false);
        if (deleted == (data != null)) {
            throw new Refusal(Kind.BAD_MESSAGE, "a message has data, or \"deleted\":true and a key");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        JsonNode given = json.path("headers");
        if (!given.isMissingNode() && !given.isObject()) {
            throw new Refusal(Kind.BAD_MESSAGE, "headers are an object of texts");
        }
        for (Map.Entry<String, JsonNode> header : given.properties()) {
            if (!header.getValue().isTextual()) {
                throw new Refusal(Kind.BAD_MESSAGE, "headers are an object of texts");
            }
            headers.put(header.getKey(), header.getValue().textValue());
        }
        return new JsonPublisher.Given(text(json, "key"), headers, data);
    }

    /** The text of a field; null if there is none. Throws {@link Refusal} if it is something else. */
    static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new Refusal(Kind.BAD_MESSAGE, field + " is a text");
        }
        return value.textValue();
    }
}
