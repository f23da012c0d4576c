package dev.gapless.internal;

import dev.gapless.MessageTooLarge;
import dev.gapless.NotSerializable;
import dev.gapless.Payload;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Frame;
import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the application to contents of frames and back. On a node of a cluster with what Pekko binds to their class: only
 * classes that are bound are ever written or read. Thread-safe.
 */
final class Codec {
    private final Format format;

    /** Messages to bytes and back; what cannot be done is thrown. Thread-safe. */
    interface Format {
        Payload write(Object message) throws Exception;

        Object read(Payload payload) throws Exception;
    }

    Codec(Format format) {
        this.format = format;
    }

    /** With the serializers of this actor system. */
    static Codec of(ActorSystem system) {
        Serialization serialization = SerializationExtension.get(system);
        return new Codec(new Format() {
            @Override
            public Payload write(Object message) throws Exception {
                Serializer serializer = serialization.findSerializerFor(message);
                byte[] bytes = serialization.serialize(message).get();
                return new Payload(serializer.identifier(), Serializers.manifestFor(serializer, message), bytes);
            }

            @Override
            public Object read(Payload payload) {
                return serialization
                        .deserialize(payload.bytes(), payload.serializerId(), payload.manifest())
                        .get();
            }
        });
    }

    /** Serializes; a null message is a tombstone. Throws {@link NotSerializable} or {@link MessageTooLarge}. */
    Content encode(
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
        if (framed > settings.ringBytes()) {
            throw tooLarge(topic, framed, "gapless.buffer-bytes", settings.ringBytes());
        }
        return content;
    }

    private Content content(String topic, @Nullable Object message, @Nullable String key, Map<String, String> headers) {
        if (message == null) {
            return new Content(key, true, headers, 0, "", new byte[0], 0, 0);
        }
        Payload payload = message instanceof Payload given ? given : serialize(topic, message);
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
            return format.write(message);
        } catch (Exception e) {
            throw new NotSerializable(
                    "Topic " + topic + ": a message of " + message.getClass().getName()
                            + " cannot be serialized. Bind its"
                            + " class to a serializer under pekko.actor.serialization-bindings",
                    e);
        }
    }

    /** Deserializes. Whatever goes wrong is thrown: no class that is not bound, or other than the topic's, gets through. */
    <T> T decode(Topic<T> topic, Content content) throws Exception {
        Payload payload = new Payload(content.serializerId(), content.manifest(), bytesOf(content));
        if (topic.type() == Payload.class) {
            return topic.type().cast(payload);
        }
        Object message = format.read(payload);
        if (!topic.type().isInstance(message)) {
            String type = message == null ? "null" : message.getClass().getName();
            throw new NotSerializableException("It is of " + type + ", and topic " + topic.name()
                    + " is subscribed to here as one of " + topic.type().getName());
        }
        return topic.type().cast(message);
    }

    static byte[] bytesOf(Content content) {
        return content.offset() == 0 && content.length() == content.bytes().length
                ? content.bytes()
                : Arrays.copyOfRange(content.bytes(), content.offset(), content.offset() + content.length());
    }
}
