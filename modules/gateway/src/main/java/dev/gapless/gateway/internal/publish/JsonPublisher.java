package dev.gapless.gateway.internal.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gapless.Gapless;
import dev.gapless.Publication;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.Refusal;
import dev.gapless.gateway.internal.json.Refusal.Kind;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.jackson.JacksonSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes JSON from this node. For a topic that the application registered it is bound to the topic's class, and written by the
 * serializer of that; other topics hold JSON. Thread-safe.
 */
public final class JsonPublisher {
    private final Gapless gapless;
    private final ActorSystem system;
    private final Map<String, Topic<?>> registered = new TreeMap<>();

    /** A message as a client has it; no data says that its key was deleted. */
    public record Given(
            @Nullable String key,
            Map<String, String> headers,
            @Nullable JsonNode data) {}

    public JsonPublisher(Gapless gapless, ActorSystem system, Collection<? extends Topic<?>> topics) {
        this.gapless = gapless;
        this.system = system;
        topics.forEach(topic -> registered.put(topic.name(), topic));
    }

    /** {@return its position, once it is in the ring} Throws {@link Refusal}, or the stage fails with what {@link Refusal#of} tells. */
    public CompletionStage<Position> publish(String topic, Given given) {
        Unpaired.check(given);
        Topic<?> known = registered.get(topic);
        return known == null
                ? publish(topic(topic), given.data(), given)
                : publish(known, bound(known, given.data()), given);
    }

    /** The topic of this name, of JSON. Throws {@link Refusal} for what is no name. */
    public static Topic<JsonNode> topic(String name) {
        try {
            return Topic.of(name, JsonNode.class);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Kind.UNKNOWN_TOPIC, Reasons.of(e), e);
        }
    }

    private <T> CompletionStage<Position> publish(Topic<T> topic, @Nullable Object message, Given given) {
        Publication<T> publication;
        try {
            publication = new Publication<>(topic.type().cast(message), given.key(), given.headers());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Kind.BAD_MESSAGE, Reasons.of(e), e);
        }
        try {
            return gapless.producer(topic).publish(publication);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Kind.WRONG_CLASS, Reasons.of(e), e);
        } catch (IllegalStateException e) {
            throw new Refusal(Kind.REFUSED, Reasons.of(e), e);
        }
    }

    private @Nullable Object bound(Topic<?> topic, @Nullable JsonNode data) {
        if (data == null || topic.type().isInstance(data)) {
            return data;
        }
        if (topic.type() == String.class && data.isTextual()) {
            return data.textValue();
        }
        try {
            return mapper(topic).treeToValue(data, topic.type());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new Refusal(
                    Kind.DOES_NOT_FIT,
                    "Topic " + topic.name() + " has messages of " + topic.type().getName() + ", and this is none: "
                            + Reasons.of(e),
                    e);
        }
    }

    private ObjectMapper mapper(Topic<?> topic) {
        Serializer serializer;
        try {
            serializer = SerializationExtension.get(system).serializerFor(topic.type());
        } catch (Exception e) { // Scala's do not declare what they throw
            throw notJackson(topic, e);
        }
        if (serializer instanceof JacksonSerializer jackson) {
            return jackson.objectMapper();
        }
        throw notJackson(topic, null);
    }

    private static Refusal notJackson(Topic<?> topic, @Nullable Exception cause) {
        String why =
                "Topic " + topic.name() + " has messages of " + topic.type().getName()
                        + ", which Jackson does not write here: bind the class to jackson-json or jackson-cbor under"
                        + " pekko.actor.serialization-bindings to publish JSON to it";
        return cause == null ? new Refusal(Kind.WRONG_CLASS, why) : new Refusal(Kind.WRONG_CLASS, why, cause);
    }
}
