package dev.gapless.internal.wire;

import dev.gapless.MessageTooLarge;
import dev.gapless.NotSerializable;
import dev.gapless.Payload;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.TraceContext;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.fence.Fence;
import java.io.NotSerializableException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.ByteArraySerializer;
import org.apache.pekko.serialization.DisabledJavaSerializer;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serialization$;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.apache.pekko.serialization.jackson.JacksonSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the application to contents of frames and back, with what Pekko binds to their class: only classes that are bound are
 * ever written or read. The log copies what is published, and what is read is a copy:
 * nobody shares an array with the application. Thread-safe.
 */
public final class Codec {
    private static final byte[] NOTHING = {};

    /** Classes, or formats. */
    private static final int MAX_KNOWN = 1_024;

    private final Supplier<Serialization> serialization;

    /** Of classes that Jackson has written. */
    private final BoundedCache<Class<?>, Way> ways = new BoundedCache<>(MAX_KNOWN);

    /** Of formats that were read; empty if Pekko must read each message. */
    private final BoundedCache<Format, Optional<JacksonReader>> readers = new BoundedCache<>(MAX_KNOWN);

    private volatile Format latest = Format.NONE;
    private volatile @Nullable Serializer ofBytes;

    /** How messages of a class are written. */
    private record Way(Serializer serializer, Format format) {}

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
            @Nullable String id,
            TopicSettings settings) {
        Content anonymous = content(topic, message, key, headers);
        Content content = id == null ? anonymous : anonymous.withId(id);
        long size = content.sizeBytes();
        long plain = size - content.bytes().length + plainLength(content);
        if (plain > settings.maxMessageBytes()) {
            String bytes = plain == size ? " bytes" : " bytes once it is decompressed";
            throw tooLarge(topic, plain + bytes, "gapless.max-message-bytes", settings.maxMessageBytes());
        }
        long framed = size + Slice.OVERHEAD_BYTES;
        if (framed > settings.bufferBytes()) {
            throw tooLarge(topic, framed + " bytes", "gapless.buffer-bytes", settings.bufferBytes());
        }
        return content;
    }

    /** The same in this trace, which counts for no bound of a message; without it if the ring has no room for both. */
    public static Content traced(Content content, @Nullable TraceContext trace, TopicSettings settings) {
        if (trace == null) {
            return content;
        }
        Content traced = content.withTrace(trace);
        return traced.sizeBytes() + Slice.OVERHEAD_BYTES > settings.bufferBytes() ? content : traced;
    }

    /** Readers pay for what is decompressed, however little of it is on the wire. */
    private long plainLength(Content content) {
        byte[] bytes = content.bytes();
        return Compression.isCompressed(bytes, 0, bytes.length) && isOfJackson(content.format())
                ? Compression.plainLength(bytes, 0, bytes.length)
                : bytes.length;
    }

    private Content content(String topic, @Nullable Object message, @Nullable String key, Map<String, String> headers) {
        if (message == null) {
            return new Content(key, true, headers, Format.NONE, NOTHING);
        }
        try {
            if (message instanceof Payload given) {
                Format format = format(given.serializerId(), given.manifest());
                return new Content(key, false, headers, format, given.bytes(), true);
            }
            return serialize(topic, message, key, headers);
        } catch (IllegalArgumentException e) {
            throw new NotSerializable("Topic " + topic + ": " + e.getMessage(), e);
        }
    }

    private static MessageTooLarge tooLarge(String topic, String size, String setting, long limit) {
        return new MessageTooLarge(
                "Topic " + topic + ": the message has " + size + ", more than " + setting + " allows: " + limit, null);
    }

    private Content serialize(String topic, Object message, @Nullable String key, Map<String, String> headers) {
        @Nullable Serializer serializer = null;
        byte[] bytes;
        Format format;
        try {
            if (message instanceof byte[] given && ofBytes() instanceof ByteArraySerializer plain) {
                return new Content(key, false, headers, format(plain.identifier(), ""), given, true);
            }
            Way known = ways.get(message.getClass());
            serializer = known == null ? serialization.get().findSerializerFor(message) : known.serializer();
            bytes = write(serializer, message);
            format = known == null ? formatOf(message, serializer) : known.format();
        } catch (Throwable e) {
            Fence.rethrowFatal(e);
            throw new NotSerializable(
                    "Topic " + topic + ": a message of " + message.getClass().getName() + " cannot be serialized. "
                            + remedy(serializer, e),
                    e);
        }
        boolean lent = !isMadeAnew(bytes, message, serializer);
        return new Content(key, false, headers, format, bytes, lent);
    }

    private static String remedy(@Nullable Serializer serializer, Throwable failure) {
        if (serializer instanceof DisabledJavaSerializer
                || (serializer == null && failure instanceof NotSerializableException)) {
            return "Bind its class to a serializer under pekko.actor.serialization-bindings";
        }
        return serializer == null
                ? "The actor system has no serializers, whatever is published. See the cause, and the entries of"
                        + " pekko.actor.serialization-bindings: " + Fence.text(failure)
                : "Its serializer, " + serializer.getClass().getName() + ", failed: " + Fence.text(failure);
    }

    /** Is it written as it is, so that there is nothing to read back? */
    static boolean isTakenAsItIs(Object message) {
        return message instanceof Payload || message instanceof byte[];
    }

    /** The bytes of a message, which may be the serializer's own array. */
    byte[] write(Object message) {
        return write(serialization.get().findSerializerFor(message), message);
    }

    /** What a reader makes of it. Whatever goes wrong is thrown. */
    @Nullable Object read(Content content) {
        Format format = content.format();
        return serialization
                .get()
                .deserialize(content.bytes(), format.serializerId(), format.manifest())
                .get();
    }

    boolean isOfJackson(Format format) {
        return serialization.get().serializerByIdentity().getOrElse(format.serializerId(), () -> null)
                instanceof JacksonSerializer;
    }

    private byte[] write(Serializer serializer, Object message) {
        return Serialization$.MODULE$.withTransportInformation(
                serialization.get().system(), () -> serializer.toBinary(message));
    }

    private Format formatOf(Object message, Serializer serializer) {
        Format format = format(serializer.identifier(), Serializers.manifestFor(serializer, message));
        if (serializer
                instanceof JacksonSerializer) { // its manifest is the name of the class, if the class may be written
            ways.keep(message.getClass(), new Way(serializer, format));
        }
        return format;
    }

    /** Most messages are of the format of the one before. */
    private Format format(int serializerId, String manifest) {
        Format known = latest;
        if (known.serializerId() == serializerId && known.manifest().equals(manifest)) {
            return known;
        }
        Format format = new Format(serializerId, manifest);
        latest = format;
        return format;
    }

    /** Pekko's own serializers make an array for each message, unless it is one. Others may give the application's own, or use one again. */
    private static boolean isMadeAnew(byte[] bytes, Object message, Serializer serializer) {
        return bytes != message && serializer.getClass().getName().startsWith("org.apache.pekko.");
    }

    /**
     * Deserializes the message of this number. Whatever goes wrong is thrown: no class that is not bound, or other than the topic's, gets through. The latter is
     * {@link WrongClass}.
     */
    public <T> T decode(Topic<T> topic, Slice slice, int i) throws Exception {
        if (topic.type() == byte[].class && isOfBytes(slice.format(i).serializerId())) {
            return topic.type().cast(slice.content(i));
        }
        if (topic.type() == Payload.class) {
            return topic.type().cast(payloadOf(slice, i));
        }
        Object decoded = deserialize(slice, i);
        if (!topic.type().isInstance(decoded)) {
            String type = decoded == null ? "null" : decoded.getClass().getName();
            throw new WrongClass(type, topic.type().getName());
        }
        return topic.type().cast(decoded);
    }

    private @Nullable Object deserialize(Slice slice, int i) {
        Format format = slice.format(i);
        Optional<JacksonReader> reader = readers.get(format);
        Object read = reader == null || reader.isEmpty() ? null : reader.get().read(slice, i);
        return read == null ? readByPekko(slice.content(i), format, reader == null) : read;
    }

    private @Nullable Object readByPekko(byte[] bytes, Format format, boolean isFirst) {
        Serialization pekko = serialization.get();
        Object read = pekko.deserialize(bytes, format.serializerId(), format.manifest())
                .get();
        if (isFirst) {
            readers.keep(format, JacksonReader.like(read, format, pekko));
        }
        return read;
    }

    /** Is that Pekko's serializer of bytes, which takes them as they are? */
    private boolean isOfBytes(int serializerId) throws NotSerializableException {
        Serializer known = ofBytes();
        return known instanceof ByteArraySerializer && known.identifier() == serializerId;
    }

    private Serializer ofBytes() throws NotSerializableException {
        Serializer known = ofBytes;
        if (known == null) {
            known = serialization.get().serializerFor(byte[].class);
            ofBytes = known;
        }
        return known;
    }

    /** What a message says, in a copy: what a subscriber does with it concerns no other. */
    public static Payload payloadOf(Slice slice, int i) {
        Format format = slice.format(i);
        return new Payload(format.serializerId(), format.manifest(), slice.content(i));
    }
}
