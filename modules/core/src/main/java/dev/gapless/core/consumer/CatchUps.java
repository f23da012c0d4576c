package dev.gapless.core.consumer;

import dev.gapless.core.wire.Message;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The readers of a topic on a node beside the shared one, by their numbers. Not thread-safe. */
final class CatchUps {
    private Map<Long, TopicReader> byNumber = Map.of();
    private long next = Message.SHARED_READER + 1;
    private long registeredAgain;

    /** The number of a new one. */
    long number() {
        return next++;
    }

    TopicReader add(long number, TopicReader reader) {
        if (byNumber.isEmpty()) {
            byNumber = new LinkedHashMap<>();
        }
        byNumber.put(number, reader);
        return reader;
    }

    @Nullable TopicReader of(long number) {
        return byNumber.get(number);
    }

    Collection<TopicReader> all() {
        return byNumber.values();
    }

    /** Takes its registrations off; nothing if there is no such reader. */
    void close(long number) {
        TopicReader reader = byNumber.get(number);
        if (reader != null) {
            byNumber.remove(number);
            byNumber = byNumber.isEmpty() ? Map.of() : byNumber;
            registeredAgain += reader.registeredAgain();
            reader.close();
        }
    }

    /** How often one of them registered with a member that it had registered with before. */
    long registeredAgain() {
        long sum = registeredAgain;
        for (TopicReader reader : byNumber.values()) {
            sum += reader.registeredAgain();
        }
        return sum;
    }
}
