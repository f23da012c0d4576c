package dev.gapless.core.log;

import dev.gapless.core.Limits;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How the content of a message is to be read: by which serializer, and what that needs beside the bytes. Immutable. */
public final class Format {
    /** Of what has no content. */
    public static final Format NONE = new Format(0, "");

    private final int serializerId;
    private final String manifest;
    private final int manifestBytes;

    /**
     * A format.
     *
     * @param serializerId Pekko's number of the serializer
     * @param manifest what that serializer needs beside the bytes
     */
    public Format(int serializerId, String manifest) {
        if (manifest.length() > Limits.MAX_MANIFEST) {
            throw new IllegalArgumentException(
                    "A manifest has at most " + Limits.MAX_MANIFEST + " characters: " + manifest);
        }
        this.serializerId = serializerId;
        this.manifest = manifest;
        this.manifestBytes = manifest.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Pekko's number of the serializer. */
    public int serializerId() {
        return serializerId;
    }

    /** What that serializer needs beside the bytes. */
    public String manifest() {
        return manifest;
    }

    /** How many bytes the manifest has. Each message is charged for them, since it may be alone in a batch. */
    int manifestBytes() {
        return manifestBytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Format format
                && serializerId == format.serializerId
                && manifest.equals(format.manifest);
    }

    @Override
    public int hashCode() {
        return 31 * manifest.hashCode() + serializerId;
    }

    @Override
    public String toString() {
        return serializerId + " " + manifest;
    }
}
