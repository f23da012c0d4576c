package dev.gapless.examples.pricing;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.core.Position;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Writes rows first, in a transaction, and publishes them afterwards. */
@RestController
@Profile("publisher")
public class PublishController {
    private final PriceRows rows;
    private final Producer<Price> producer;

    PublishController(PriceRows rows, Gapless gapless) {
        this.rows = rows;
        this.producer = gapless.producer(PricingApplication.PRICES);
    }

    /**
     * A publisher that stood still may have been removed, and have written another row before it noticed: nobody has heard of that. So the
     * next one has everybody read the database.
     */
    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        producer.invalidate("this publisher begins");
    }

    @PutMapping("/prices/{symbol}")
    Price write(@PathVariable String symbol, @RequestParam double amount) {
        Price written = commit(() -> rows.write(symbol, amount));
        published(producer.publish(symbol, written));
        return written;
    }

    @DeleteMapping("/prices/{symbol}")
    Optional<Price> delete(@PathVariable String symbol) {
        Optional<Price> deleted = commit(() -> rows.delete(symbol));
        deleted.ifPresent(was -> published(producer.delete(symbol, was.version())));
        return deleted;
    }

    /** If the database does not say whether it has committed, whoever follows reads what it has. */
    private <R> R commit(Supplier<R> transaction) {
        try {
            return transaction.get();
        } catch (CannotCreateTransactionException e) {
            throw e; // nothing was written
        } catch (RuntimeException e) {
            producer.invalidate("the database did not say what it has: " + e);
            throw e;
        }
    }

    /** It is committed: if it cannot be published, whoever follows reads it. */
    private void published(CompletionStage<Position> publishing) {
        publishing
                .exceptionallyCompose(failure -> producer.invalidate("not published: " + failure))
                .toCompletableFuture()
                .join();
    }
}
