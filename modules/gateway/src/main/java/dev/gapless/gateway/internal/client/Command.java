package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client says on a WebSocket. */
sealed interface Command {
    /** It wants a topic, or another part of it. */
    record Subscribe(
            String topic,
            @Nullable JsonNode filter,
            @Nullable JsonNode from,
            @Nullable String onLag,
            @Nullable JsonNode maxMessageBytes,
            @Nullable Boolean ids,
            @Nullable Boolean state)
            implements Command {}

    record Unsubscribe(String topic) implements Command {}

    /** It has a message. */
    record Publish(String topic, JsonPublisher.Given given) implements Command {}

    /** It has reloaded, after the {@code cursor_expired} with this token, if it names one. */
    record Resume(String topic, @Nullable String token) implements Command {}

    /** It shows who it is. */
    record Auth(String token) implements Command {}

    record Ping() implements Command {}

    /** What each may have; the id is the client's own, to tell answers apart. */
    Set<String> MEMBERS = Set.of("type", "id");

    int MOST_OF_ID = 1_000;
    Set<String> OF_TOPIC = Set.of("type", "id", "topic");
    Set<String> OF_PUBLISH = Set.of("type", "id", "topic", "idempotency_key");
    Set<String> OF_RESUME = Set.of("token");
    Set<String> OF_SUBSCRIBE = Set.of("filter", "from", "on_lag", "max_message_bytes", "ids", "state");

    /** The JSON of one. Throws {@link RequestException}. */
    static JsonNode read(String text) {
        JsonNode json;
        try {
            json = PayloadJson.read(text);
        } catch (JsonProcessingException e) {
            throw new RequestException(Kind.BAD_MESSAGE, "this is no JSON: " + Reasons.ofJson(e), e);
        }
        if (!json.isObject()) {
            throw new RequestException(Kind.BAD_MESSAGE, "a command is a JSON object");
        }
        return json;
    }

    /** Reads one; a topic that is not named is the default one. Throws {@link RequestException}. */
    static Command parse(JsonNode json, String defaultTopic) {
        if (!isId(json.get("id"))) {
            throw new RequestException(
                    Kind.BAD_MESSAGE, "an id is a text or a number, of at most " + MOST_OF_ID + " characters");
        }
        String type = text(json, "type");
        if (type == null) {
            throw new RequestException(Kind.BAD_MESSAGE, "a command has a type");
        }
        return switch (type) {
            case "Subscribe" -> {
                MessageCommand.checkMembers(type, json, OF_TOPIC, OF_SUBSCRIBE);
                yield new Subscribe(
                        topic(json, defaultTopic),
                        json.get("filter"),
                        json.get("from"),
                        text(json, "on_lag"),
                        json.get("max_message_bytes"),
                        flag("ids", json.get("ids")),
                        flag("state", json.get("state")));
            }
            case "Unsubscribe" -> {
                MessageCommand.checkMembers(type, json, OF_TOPIC, Set.of());
                yield new Unsubscribe(topic(json, defaultTopic));
            }
            case "Publish" -> new Publish(topic(json, defaultTopic), MessageCommand.content(json, OF_PUBLISH));
            case "Resume" -> {
                MessageCommand.checkMembers(type, json, OF_TOPIC, OF_RESUME);
                yield new Resume(topic(json, defaultTopic), text(json, "token"));
            }
            case "Auth" -> {
                MessageCommand.checkMembers(type, json, MEMBERS, OF_RESUME);
                String token = text(json, "token");
                if (token == null) {
                    throw new RequestException(Kind.BAD_MESSAGE, "Auth has a token");
                }
                yield new Auth(token);
            }
            case "Ping" -> {
                MessageCommand.checkMembers(type, json, MEMBERS, Set.of());
                yield new Ping();
            }
            default ->
                throw new RequestException(
                        Kind.UNKNOWN_TYPE,
                        "a command is Subscribe, Unsubscribe, Publish, Resume, Auth or Ping, not '" + type + "'");
        };
    }

    /** Is it one that an answer repeats? It is kept until then. */
    static boolean isId(@Nullable JsonNode id) {
        return id == null || (id.isValueNode() && id.asText().length() <= MOST_OF_ID);
    }

    private static @Nullable Boolean flag(String name, @Nullable JsonNode given) {
        if (given == null || given.isNull()) {
            return null;
        }
        if (!given.isBoolean()) {
            throw new RequestException(Kind.BAD_MESSAGE, name + " is true or false");
        }
        return given.booleanValue();
    }

    private static String topic(JsonNode json, String defaultTopic) {
        String topic = text(json, "topic");
        if (topic == null && defaultTopic.isEmpty()) {
            throw new RequestException(
                    Kind.UNKNOWN_TOPIC, "the command names no topic, and there is no gapless.gateway.default-topic");
        }
        return JsonPublisher.topic(topic == null ? defaultTopic : topic).name();
    }

    private static @Nullable String text(JsonNode json, String field) {
        return MessageCommand.text(json, field);
    }
}
