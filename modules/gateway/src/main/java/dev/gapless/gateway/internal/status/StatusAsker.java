package dev.gapless.gateway.internal.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the status, once for all who look on, as long as somebody does: again a second after each answer. Nothing is queued for those who look
 * on: they are woken, and take the latest. Thread-safe.
 */
public final class StatusAsker {
    private static final Logger LOG = LoggerFactory.getLogger(StatusAsker.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Supplier<CompletionStage<ObjectNode>> source;
    private final BiConsumer<Duration, Runnable> later;
    private final int most;
    private final LongAdder asked = new LongAdder();
    // Guarded by this.
    private final Set<Runnable> watchers = new LinkedHashSet<>();
    private boolean asks;
    private @Nullable Update latest;

    /** What an answer tells. */
    public static final class Update {
        private final long number;
        private final ObjectNode status;
        private final byte @Nullable [] changes;
        private byte @Nullable [] whole;

        private Update(long number, ObjectNode status, byte @Nullable [] changes) {
            this.number = number;
            this.status = status;
            this.changes = changes;
        }

        /** One more than that of the update before, if somebody looked on meanwhile. */
        public long number() {
            return number;
        }

        /**
         * {@return its text, in JSON, which is not to be changed}
         *
         * @param known the number of the update that was told before; 0 if none was
         */
        public synchronized byte[] text(long known) {
            byte[] since = changes;
            if (since != null && known == number - 1) {
                return since;
            }
            byte[] all = whole;
            if (all == null) {
                ObjectNode message = PayloadJson.JSON.createObjectNode().put("type", "status");
                message.set("status", status);
                all = bytes(message);
                whole = all;
            }
            return all;
        }

        private static byte[] bytes(ObjectNode message) {
            return message.toString().getBytes(StandardCharsets.UTF_8);
        }

        private Update next(ObjectNode now) {
            return new Update(number + 1, now, bytes(StatusChanges.between(status, now)));
        }
    }

    /**
     * Asks that, when somebody looks on.
     *
     * @param later runs something after a time
     * @param most so many may look on at once
     */
    public StatusAsker(Supplier<CompletionStage<ObjectNode>> source, BiConsumer<Duration, Runnable> later, int most) {
        this.source = source;
        this.later = later;
        this.most = most;
    }

    /** From now on this is run, on any thread, when there is something new. Throws {@link RequestException} if too many look on. */
    public void watch(Runnable wake) {
        boolean first;
        synchronized (this) {
            if (watchers.size() >= most) {
                throw new RequestException(
                        Kind.TOO_MANY_CLIENTS,
                        "So many look at the status as gapless.gateway.status-watchers allows: " + most);
            }
            watchers.add(wake);
            first = !asks;
            asks = true;
        }
        if (first) {
            ask();
        }
    }

    /** This is woken no more. */
    public synchronized void unwatch(Runnable wake) {
        watchers.remove(wake);
    }

    /** The latest update; null if there is none yet. */
    public synchronized @Nullable Update latest() {
        return latest;
    }

    /** How often it has asked, of all time. */
    public LongAdder asked() {
        return asked;
    }

    private void ask() {
        synchronized (this) {
            if (watchers.isEmpty()) {
                asks = false;
                latest = null; // who looks next is told nothing old
                return;
            }
        }
        asked.increment();
        CompletionStage<ObjectNode> answer;
        try {
            answer = source.get();
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        var unused = answer.whenComplete((status, failure) -> {
            if (failure != null) {
                failed(failure);
            } else {
                answered(status);
            }
        });
    }

    private void answered(ObjectNode status) {
        List<Runnable> all;
        synchronized (this) {
            latest = latest == null ? new Update(1, status, null) : latest.next(status);
            all = List.copyOf(watchers);
        }
        all.forEach(Runnable::run);
        later.accept(INTERVAL, this::ask);
    }

    /** Those who look on see by its time that what they have is old. */
    private void failed(Throwable failure) {
        LOG.warn("The status was not answered; it is asked again after {}", INTERVAL, failure);
        later.accept(INTERVAL, this::ask);
    }
}
