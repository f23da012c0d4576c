package dev.gapless.internal.wire;

import dev.gapless.MessageTooLarge;
import dev.gapless.NotSerializable;
import dev.gapless.Payload;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Frame;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the application to contents of frames and back, with what Pekko binds to their class: only classes that are bound are
 * ever written or read. Bytes are copied on both ways: nobody shares an array with the application. Thread-safe.
 */
public final class Codec {
    private final Supplier<Serialization> serialization;

    /** With these serializers, which are asked for when there is a message. */
    public Codec(Supplier<Serialization> serialization) {
        this.serialization = serialization;
    }

    /** With the serializers of this actor system. */
    public static Codec of(ActorSystem system) {
        Serialization serialization = SerializationExtension.get(system);
        return new Codec(() -> serialization);
    }

    /** Serializes; a null message is a tombstone. Throws {@link NotSerializable} or {@link MessageTooLarge}. */
    public Content encode(
            String topic,
            @Nullable Object message,
            @Nullable String key,
            Map<String, String> headers,
            TopicSettings settings) {
        Content content = content(topic, message, key, headers);
        long size = content.sizeBytes();
        if (size > settings.maxMessageBytes()) {
            throw tooLarge(topic, size, "gapless.max-message-bytes", settings.maxMessageBytes());
        }
        long framed = size + Frame.OVERHEAD_BYTES;
        if (framed > settings.bufferBytes()) {
            throw tooLarge(topic, framed, "gapless.buffer-bytes", settings.bufferBytes());
        }
        return content;
    }

    private Content content(String topic, @Nullable Object message, @Nullable String key, Map<String, String> headers) {
        if (message == null) {
            return new Content(key, true, headers, 0, "", new byte[0], 0, 0);
        }
        Payload payload = message instanceof Payload given ? copied(given) : serialize(topic, message);
        byte[] bytes = payload.bytes();
        try {
            return new Content(key, false, headers, payload.serializerId(), payload.manifest(), bytes, 0, bytes.length);
        } catch (IllegalArgumentException e) {
            throw new NotSerializable("Topic " + topic + ": " + e.getMessage(), e);
        }
    }

    private static MessageTooLarge tooLarge(String topic, long size, String setting, long limit) {
        return new MessageTooLarge(
                "Topic " + topic + ": the message has " + size + " bytes, more than " + setting + " allows: " + limit,
                null);
    }

    private Payload serialize(String topic, Object message) {
        try {
            Serializer serializer = serialization.get().findSerializerFor(message);
            byte[] bytes = serialization.get().serialize(message).get();
            Payload payload = new Payload(serializer.identifier(), Serializers.manifestFor(serializer, message), bytes);
            return isMadeAnew(bytes, message, serializer) ? payload : copied(payload);
        } catch (Exception e) {
            throw new NotSerializable(
                    "Topic " + topic + ": a message of " + message.getClass().getName()
                            + " cannot be serialized. Bind its"
                            + " class to a serializer under pekko.actor.serialization-bindings",
                    e);
        }
    }

    /** Pekko's own serializers make an array for each message, unless it is one. Others may give the application's own, or use one again. */
    private static boolean isMadeAnew(byte[] bytes, Object message, Serializer serializer) {
        return bytes != message && serializer.getClass().getName().startsWith("org.apache.pekko.");
    }

    private static Payload copied(Payload payload) {
        return new Payload(
                payload.serializerId(), payload.manifest(), payload.bytes().clone());
    }

    /**
     * Deserializes. Whatever goes wrong is thrown: no class that is not bound, or other than the topic's, gets through. The latter is
     * {@link WrongClass}.
     */
    public <T> T decode(Topic<T> topic, Content content) throws Exception {
        Payload payload = new Payload(content.serializerId(), content.manifest(), bytesOf(content));
        if (topic.type() == Payload.class) {
            return topic.type().cast(payload);
        }
        Object message = serialization
                .get()
                .deserialize(payload.bytes(), payload.serializerId(), payload.manifest())
                .get();
        if (!topic.type().isInstance(message)) {
            String type = message == null ? "null" : message.getClass().getName();
            throw new WrongClass(type, topic.type().getName());
        }
        return topic.type().cast(message);
    }

    /** A copy: what a subscriber does with it concerns no other. */
    public static byte[] bytesOf(Content content) {
        return Arrays.copyOfRange(content.bytes(), content.offset(), content.offset() + content.length());
    }
}
