package dev.gapless.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The field of a JSON object that is its message's key. */
final class KeyField {
    private final String name;
    private final AtomicLong without = new AtomicLong();

    KeyField(String name) {
        this.name = name;
    }

    /** The key: a text as it is, a number or boolean as JSON writes it; null for any other line, which is counted. */
    @Nullable String keyOf(Object message) {
        JsonNode field = message instanceof JsonNode tree ? tree.get(name) : null;
        if (field == null || field.isNull() || !field.isValueNode()) {
            without.incrementAndGet();
            return null;
        }
        return field.asText();
    }

    /** How many messages had no such field. */
    long without() {
        return without.get();
    }
}
