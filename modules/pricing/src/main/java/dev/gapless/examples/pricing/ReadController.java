package dev.gapless.examples.pricing;

import dev.gapless.Gapless;
import dev.gapless.Health;
import dev.gapless.Table;
import dev.gapless.TableClosed;
import dev.gapless.TableStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What this instance knows. Nothing of it asks the database. */
@RestController
public class ReadController {
    private final Gapless gapless;
    private final Table<Price> prices;
    private final PriceCache cache;
    private final ActorSystem system;

    ReadController(Gapless gapless, Table<Price> prices, PriceCache cache, ActorSystem system) {
        this.gapless = gapless;
        this.prices = prices;
        this.cache = cache;
        this.system = system;
    }

    /** How it stands with this instance: {@code failures} reads of the database in a row have failed, for this {@code cause}. */
    record Status(
            String node,
            Health.State health,
            TableStatus.State table,
            Instant since,
            int failures,
            @Nullable String cause,
            List<String> members) {}

    @GetMapping("/prices")
    Map<String, Price> prices() {
        return prices.view().rows();
    }

    @GetMapping("/cached")
    Map<String, Price> cached() {
        prices.view(); // throws if this is not complete yet, or stays old
        return cache.prices();
    }

    @GetMapping("/status")
    Status status() {
        TableStatus table = prices.status();
        return new Status(
                gapless.nodeName(),
                gapless.health().state(),
                table.state(),
                table.since(),
                table.failures(),
                table.cause() == null ? null : table.cause().toString(),
                members());
    }

    private List<String> members() {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .map(member -> member.address().hostPort())
                .sorted()
                .toList();
    }

    /** The first load is not complete, or the node was removed: better no price than an old one. */
    @ExceptionHandler({IllegalStateException.class, TableClosed.class})
    @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
    String unavailable(RuntimeException why) {
        return String.valueOf(why.getMessage());
    }
}
