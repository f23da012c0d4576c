package dev.gapless;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is on the wire, for programs that pass messages on without knowing their classes. A {@code
 * Topic<Payload>} delivers and publishes these.
 *
 * <pre>{@code
 * Topic<Payload> any = Topic.of("prices", Payload.class); // without the class of its messages
 * gapless.producer(any).publish(new Payload(1_234, "price-v1", bytes));
 * }</pre>
 *
 * @param serializerId Pekko's number of the serializer that wrote it
 * @param manifest what that serializer needs beside the bytes
 * @param bytes the serialized message. Gapless copies the bytes when they are published, and gives each subscriber a copy of its own
 */
@SuppressWarnings("ArrayRecordComponent") // compared and printed by content below
public record Payload(int serializerId, String manifest, byte[] bytes) {
    /**
     * Throws NullPointerException for null.
     *
     * @param serializerId Pekko's number of the serializer that wrote it
     * @param manifest what that serializer needs beside the bytes
     * @param bytes the serialized message
     */
    public Payload {
        Objects.requireNonNull(manifest, "manifest must not be null");
        Objects.requireNonNull(bytes, "bytes must not be null");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload p
                && p.serializerId == serializerId
                && p.manifest.equals(manifest)
                && Arrays.equals(p.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * serializerId + manifest.hashCode()) + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Payload[" + serializerId + ", " + manifest + ", " + bytes.length + " bytes]";
    }
}
