package dev.gapless.simulation.schedule;

import dev.gapless.core.wire.Batch;
import java.util.HashMap;
import java.util.Map;

/** What each kind of message is counted as, and how a trace shows it. */
final class Messages {
    private final Counts counts;
    private final Map<Class<?>, Counts.Counter> sent = new HashMap<>();

    Messages(Counts counts) {
        this.counts = counts;
    }

    void sent(Object message) {
        sent.computeIfAbsent(message.getClass(), kind -> counts.counter("wire: " + kind.getSimpleName()))
                .add();
    }

    static String describe(Object message) {
        return message instanceof Batch batch
                ? "Batch[reader=" + batch.reader() + ", session=" + batch.session() + ", " + batch.first() + " to "
                        + batch.last() + ", head=" + batch.head() + "]"
                : message.toString();
    }
}
