package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.core.TraceContext;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a message that a client wants to publish. */
public final class MessageCommand {
    private static final Set<String> MEMBERS = Set.of("key", "data", "deleted", "headers", "traceparent", "tracestate");

    private MessageCommand() {}

    /** Reads key, headers, trace, and data or {@code "deleted":true}; there is nothing else. Throws {@link RequestException}. */
    public static JsonPublisher.Given given(JsonNode json) {
        checkMembers("a message", json, MEMBERS, Set.of());
        return content(json);
    }

    /** Throws {@link RequestException} if it has a member that is in none of these: what is misspelt must not be ignored. */
    static void checkMembers(String what, JsonNode json, Set<String> some, Set<String> others) {
        json.fieldNames().forEachRemaining(name -> {
            if (!some.contains(name) && !others.contains(name)) {
                Set<String> known = new TreeSet<>(some);
                known.addAll(others);
                throw new RequestException(
                        Kind.BAD_MESSAGE,
                        what + " has no member '" + name + "'; it may have " + String.join(", ", known));
            }
        });
    }

    /** The same, of a command, which has other members, too. */
    static JsonPublisher.Given content(JsonNode json, Set<String> others) {
        checkMembers("Publish", json, MEMBERS, others);
        return content(json).withId(JsonPublisher.id(text(json, "idempotency_key")));
    }

    private static JsonPublisher.Given content(JsonNode json) {
        JsonNode data = json.get("data");
        JsonNode given = json.path("deleted");
        if (!given.isMissingNode() && !given.isBoolean()) {
            throw new RequestException(Kind.BAD_MESSAGE, "deleted is true or false");
        }
        boolean deleted = given.booleanValue();
        if (deleted == (data != null)) {
            throw new RequestException(Kind.BAD_MESSAGE, "a message has data, or \"deleted\":true and a key");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        JsonNode texts = json.path("headers");
        if (!texts.isMissingNode() && !texts.isObject()) {
            throw new RequestException(Kind.BAD_MESSAGE, "headers are an object of texts");
        }
        for (Map.Entry<String, JsonNode> header : texts.properties()) {
            if (!header.getValue().isTextual()) {
                throw new RequestException(Kind.BAD_MESSAGE, "headers are an object of texts");
            }
            headers.put(header.getKey(), header.getValue().textValue());
        }
        return new JsonPublisher.Given(text(json, "key"), headers, data)
                .within(TraceContext.of(text(json, "traceparent"), text(json, "tracestate")));
    }

    /** The text of a field; null if there is none. Throws {@link RequestException} if it is something else. */
    static @Nullable String text(JsonNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new RequestException(Kind.BAD_MESSAGE, field + " is a text");
        }
        return value.textValue();
    }
}
