package dev.gapless.node;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.MessageHandler;
import dev.gapless.Payload;
import dev.gapless.Reload;
import dev.gapless.Subscription;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.EventJson;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Prints a subscription's events. It flushes whenever nothing more is at hand. The token file follows what was flushed,
 * never ahead of it, so that after a kill lines are repeated, and none is skipped.
 */
final class EventPrinter {
    private static final long TOKEN_INTERVAL_NS = Duration.ofSeconds(1).toNanos();
    private static final long QUIET_MS = 100;

    private final long count;
    private final EventJson json;
    private final OutputStream out;
    private final JsonGenerator generator;
    private final @Nullable TokenFile tokens;
    private final UnaryOperator<CursorToken> kept;
    private final EventQueue events = new EventQueue();

    private long messages;
    private long printed;
    private @Nullable Event<Payload> last;
    private long tokenNs = System.nanoTime();

    /**
     * @param count ends after so many messages
     * @param kept what becomes of a token before it is kept
     */
    EventPrinter(
            long count, EventJson json, OutputStream out, @Nullable TokenFile tokens, UnaryOperator<CursorToken> kept) {
        this.count = count;
        this.json = json;
        this.out = new BufferedOutputStream(out, 64 << 10);
        this.tokens = tokens;
        this.kept = kept;
        try {
            this.generator = PayloadJson.JSON
                    .getFactory()
                    .createGenerator(this.out, JsonEncoding.UTF8)
                    .setPrettyPrinter(new MinimalPrettyPrinter(""))
                    .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What to subscribe with. */
    MessageHandler<Payload> handler() {
        return events;
    }

    /**
     * Prints until the subscription has ended, which it does when the end is asked for, or after so many messages.
     *
     * @return why it ended
     * @throws Failure if the output or the token file cannot be written
     */
    Ended.Reason run(Subscription subscription, CompletableFuture<?> end) {
        CompletableFuture<?> ready = subscription.ready().toCompletableFuture();
        boolean cancelled = false;
        try {
            while (true) {
                if (end.isDone() && !cancelled) {
                    cancelled = true;
                    var unused = subscription.cancel();
                }
                EventQueue.Item item = events.poll(0);
                if (item == null) {
                    flush();
                    saveQuietly(subscription, ready);
                    item = events.poll(QUIET_MS);
                }
                if (item != null) {
                    Ended.Reason reason = print(item, subscription);
                    if (reason != null) {
                        return reason;
                    }
                }
            }
        } catch (IOException e) {
            throw StandardOutput.lost(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        } finally {
            events.close();
            var unused = subscription.cancel();
        }
    }

    private Ended.@Nullable Reason print(EventQueue.Item item, Subscription subscription) throws IOException {
        Event<Payload> event = item.event();
        write(event);
        if (event instanceof Ended<Payload> ended) {
            flush();
            save(ended.token());
            return ended.reason();
        }
        if (item.reload() != null) {
            flush();
            item.reload().complete(Reload.done());
        }
        if (event instanceof Delivery<Payload> && ++messages == count) {
            // The subscription itself may have handed over more.
            CursorToken token = event.token();
            write(new Ended<>(subscription.topic(), Ended.Reason.CANCELLED, null, token));
            flush();
            save(token);
            return Ended.Reason.CANCELLED;
        }
        if (tokens != null && System.nanoTime() - tokenNs > TOKEN_INTERVAL_NS) {
            flush();
            save(event.token());
        }
        return null;
    }

    private void write(Event<Payload> event) throws IOException {
        json.write(event, generator);
        generator.writeRaw('\n');
        last = event;
        printed++;
    }

    private void flush() throws IOException {
        generator.flush();
        out.flush();
    }

    /** Saves the subscription's own token, which is beyond an expiry that was reloaded, if everything before it is out. */
    private void saveQuietly(Subscription subscription, CompletableFuture<?> ready) {
        if (tokens == null || !ready.isDone() || System.nanoTime() - tokenNs < TOKEN_INTERVAL_NS) {
            return;
        }
        // In this order: what the token counts as handled was offered before.
        CursorToken token = subscription.token();
        if (events.offered() == printed) {
            save(token);
        } else if (last != null && !(last instanceof CursorExpired)) {
            save(last.token());
        }
    }

    private void save(CursorToken token) {
        if (tokens != null) {
            tokens.write(kept.apply(token));
            tokenNs = System.nanoTime();
        }
    }
}
