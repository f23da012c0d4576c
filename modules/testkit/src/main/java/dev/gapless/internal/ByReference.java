package dev.gapless.internal;

import dev.gapless.Payload;
import java.io.NotSerializableException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages as they are, for tests without an actor system: the bytes stand for the object, for as long as somebody holds them.
 * Thread-safe.
 */
final class ByReference implements Codec.Format {
    private static final int IDENTIFIER = -1;

    /** By the identity of the array. */
    private final Map<byte[], Object> messages = Collections.synchronizedMap(new WeakHashMap<>());

    @Override
    public Payload write(Object message) {
        byte[] bytes = new byte[Long.BYTES];
        messages.put(bytes, message);
        return new Payload(IDENTIFIER, message.getClass().getName(), bytes);
    }

    @Override
    public Object read(Payload payload) throws NotSerializableException {
        @Nullable Object message = messages.get(payload.bytes());
        if (message == null) {
            throw new NotSerializableException(
                    "Not a message that was published as an object in this test: " + payload);
        }
        return message;
    }
}
