package dev.gapless.durable;

import dev.gapless.core.Position;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message in a store. Immutable, but for its bytes.
 *
 * @param position its name: the stream in which it was published, and the sequence there
 * @param timeMs when it was published, in milliseconds since 1970
 * @param deleted whether it says that its key was deleted
 * @param serializerId Pekko's number of the serializer that made the bytes
 * @param manifest what that needs beside them
 */
public record StoredMessage(
        Position position,
        long timeMs,
        @Nullable String key,
        boolean deleted,
        Map<String, String> headers,
        int serializerId,
        String manifest,
        @SuppressWarnings("ArrayRecordComponent") byte[] bytes) {}
