package dev.gapless.gateway.internal.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gapless.Publication;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import dev.gapless.core.TraceContext;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Audit;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Quotas;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.json.Unpaired;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.subscribe.MessageHost;
import java.util.Collection;
import java.util.LinkedHashMap;
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
    private static final String SUBJECT = "gapless-subject";
    /** What a message takes of a ring beside what the client sent, about. */
    private static final int AROUND_BYTES = 256;

    private final MessageHost host;
    private final ActorSystem system;
    private final NewTopics newTopics;
    private final ClientRings rings;
    private final Audit audit;
    private final Quotas quotas;
    private final boolean stamps;
    private final Map<String, Topic<?>> registered = new TreeMap<>();

    /** Characters of an idempotency key. */
    public static final int MAX_IDEMPOTENCY_KEY = 255;

    /**
     * A message as a client has it; no data says that its key was deleted.
     *
     * @param id by which the client's repeat of it is recognised, as {@link #id} gives it, or null
     * @param trace which the client says that it belongs to, or null
     */
    public record Given(
            @Nullable String key,
            Map<String, String> headers,
            @Nullable JsonNode data,
            @Nullable String id,
            @Nullable TraceContext trace) {

        /** One of a client that says neither how its repeat is recognised, nor where it belongs. */
        public Given(@Nullable String key, Map<String, String> headers, @Nullable JsonNode data) {
            this(key, headers, data, null, null);
        }

        /** The same with an id. */
        public Given withId(@Nullable String its) {
            return new Given(key, headers, data, its, trace);
        }

        /** The same, in this trace if it names none itself. */
        public Given within(@Nullable TraceContext other) {
            return new Given(key, headers, data, id, trace == null ? other : trace);
        }
    }

    /**
     * @param access bounds and notes who publishes
     * @param topics those that the application registered
     */
    public JsonPublisher(
            MessageHost host,
            ActorSystem system,
            GatewaySettings settings,
            Access access,
            Collection<? extends Topic<?>> topics) {
        this.audit = access.audit();
        this.quotas = access.quotas();
        this.stamps = settings.access.stampSubject();
        this.host = host;
        this.system = system;
        this.newTopics = new NewTopics(host, settings);
        this.rings = new ClientRings(host, settings.rings, settings.lossLogInterval);
        topics.forEach(topic -> registered.put(topic.name(), topic));
    }

    /**
     * Publishes for a client. Throws {@link RequestException}, or the stage fails with what {@link RequestException#of} tells.
     *
     * @param bytes of it, as the client sent it
     * @param caller who publishes
     * @return its position, once it is in the ring
     */
    public CompletionStage<Position> publish(String topic, Given given, int bytes, Caller caller) {
        caller.checkPublish(topic, given.key());
        checkUnicode(given);
        Map<String, String> headers = stamps ? stamped(given.headers(), caller.subject()) : given.headers();
        Given its = new Given(given.key(), headers, given.data(), scoped(caller, given.id()), given.trace());
        Topic<?> known = registered.get(topic);
        quotas.publish(caller, bytes);
        CompletionStage<Position> published;
        if (known != null) {
            published = publish(known, bound(known, its.data()), its);
        } else {
            Topic<JsonNode> json = topic(topic);
            newTopics.check(topic, caller);
            published = publishToRing(json, its, bytes, caller);
        }
        audit.publishes(caller, topic);
        return published;
    }

    /** Those of topics that clients began. */
    public ClientRings rings() {
        return rings;
    }

    /** Of a message with this idempotency key; null if that is null. Throws {@link RequestException} if it is none. */
    public static @Nullable String id(@Nullable String idempotencyKey) {
        if (idempotencyKey == null) {
            return null;
        }
        if (idempotencyKey.isEmpty() || idempotencyKey.length() > MAX_IDEMPOTENCY_KEY) {
            throw new RequestException(
                    Kind.BAD_MESSAGE, "An idempotency key has 1 to " + MAX_IDEMPOTENCY_KEY + " characters");
        }
        refuse(Unpaired.in("the idempotency key", idempotencyKey));
        return escaped(idempotencyKey);
    }

    /** Of the message of this line, counted from 1, of a request with that id; null if it has none. */
    public static @Nullable String idOfLine(@Nullable String id, long line) {
        return id == null ? null : id + "/" + line;
    }

    /** Nobody's id is another subject's, and no line's that of a message. */
    private static @Nullable String scoped(Caller caller, @Nullable String id) {
        return id == null ? null : escaped(caller.subject()) + "/" + id;
    }

    private static String escaped(String text) {
        return text.replace("%", "%25").replace("/", "%2F");
    }

    /** Who publishes stands in a header that no client writes. */
    private static Map<String, String> stamped(Map<String, String> headers, String subject) {
        Map<String, String> stamped = new LinkedHashMap<>(headers);
        stamped.keySet().removeIf(SUBJECT::equalsIgnoreCase);
        if (!subject.isEmpty()) {
            stamped.put(SUBJECT, subject);
        }
        return stamped;
    }

    private static void checkUnicode(Given given) {
        refuse(Unpaired.in("the key", given.key()));
        given.headers().forEach((name, value) -> {
            refuse(Unpaired.in("the name of a header", name));
            refuse(Unpaired.in("the header '" + name + "'", value));
        });
        JsonNode data = given.data();
        refuse(data == null ? null : Unpaired.in(data));
    }

    private static void refuse(@Nullable String why) {
        if (why != null) {
            throw new RequestException(Kind.BAD_MESSAGE, why);
        }
    }

    /** The topic of this name, of JSON. Throws {@link RequestException} for what is no name. */
    public static Topic<JsonNode> topic(String name) {
        try {
            return Topic.of(name, JsonNode.class);
        } catch (IllegalArgumentException e) {
            throw new RequestException(Kind.UNKNOWN_TOPIC, Reasons.of(e), e);
        }
    }

    /** What it takes of its ring is known before it is there. */
    private CompletionStage<Position> publishToRing(Topic<JsonNode> topic, Given its, int bytes, Caller caller) {
        String id = its.id();
        TraceContext trace = its.trace();
        long size = bytes
                + AROUND_BYTES
                + (id == null ? 0 : 2L * id.length())
                + (trace == null ? 0 : trace.tracestate().length());
        ClientRing ring = rings.begin(topic.name(), size, caller);
        CompletionStage<Position> published;
        try {
            published = publish(topic, its.data(), its);
        } catch (RuntimeException e) {
            rings.over(ring, size);
            throw e;
        }
        return ring == null ? published : published.whenComplete((position, failure) -> rings.over(ring, size));
    }

    private <T> CompletionStage<Position> publish(Topic<T> topic, @Nullable Object message, Given its) {
        Publication<T> publication;
        try {
            publication =
                    new Publication<>(topic.type().cast(message), its.key(), its.headers(), its.id(), its.trace());
        } catch (IllegalArgumentException e) {
            throw new RequestException(Kind.BAD_MESSAGE, Reasons.of(e), e);
        }
        try {
            return host.publish(topic, publication);
        } catch (IllegalArgumentException e) {
            throw new RequestException(Kind.WRONG_CLASS, Reasons.of(e), e);
        } catch (IllegalStateException e) {
            throw new RequestException(Kind.REFUSED, Reasons.of(e), e);
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
        } catch (JsonProcessingException e) {
            throw misfit(topic, Reasons.ofJson(e), e);
        } catch (IllegalArgumentException e) {
            throw misfit(topic, Reasons.of(e), e);
        }
    }

    private static RequestException misfit(Topic<?> topic, String why, Exception cause) {
        return new RequestException(
                Kind.DOES_NOT_FIT,
                "Topic " + topic.name() + " has messages of " + topic.type().getName() + ", and this is none: " + why,
                cause);
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

    private static RequestException notJackson(Topic<?> topic, @Nullable Exception cause) {
        String why =
                "Topic " + topic.name() + " has messages of " + topic.type().getName()
                        + ", which Jackson does not write here: bind the class to jackson-json or jackson-cbor under"
                        + " pekko.actor.serialization-bindings to publish JSON to it";
        return cause == null
                ? new RequestException(Kind.WRONG_CLASS, why)
                : new RequestException(Kind.WRONG_CLASS, why, cause);
    }
}
