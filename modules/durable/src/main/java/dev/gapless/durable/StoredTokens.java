package dev.gapless.durable;

import dev.gapless.internal.store.TokenStore;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of named subscriptions, in the journal: each is an event of its subscription's own id, and the last one counts. What is stored is
 * stored behind what was read, and the journal takes each number once: so whoever reads last has the name. Thread-safe.
 */
final class StoredTokens implements TokenStore {
    private final ExtendedActorSystem system;
    private final Journal journal;
    private @Nullable CompletionStage<?> checked;

    StoredTokens(ExtendedActorSystem system, Journal journal) {
        this.system = system;
        this.journal = journal;
    }

    @Override
    public CompletionStage<String> open(Name name, UUID owner, Duration within) {
        return change(name, owner, 0, null, within).thenApply(StoredToken.Row::token);
    }

    @Override
    public CompletionStage<Boolean> store(Name name, UUID owner, long number, String token, Duration within) {
        return change(name, owner, number, token, within)
                .thenApply(row -> row.owner().equals(owner));
    }

    private CompletionStage<StoredToken.Row> change(
            Name name, UUID owner, long number, @Nullable String token, Duration within) {
        long untilNs = System.nanoTime() + within.toNanos();
        return checked().thenCompose(there -> {
            CompletableFuture<StoredToken.Row> done = new CompletableFuture<>();
            String id = LogIds.subscription(name.topic(), name.name());
            StoredToken.Change change = new StoredToken.Change(owner, number, token, untilNs);
            system.systemActorOf(
                    Adapter.props(() -> StoredToken.create(id, change, done)), "gapless-token-" + UUID.randomUUID());
            return done;
        });
    }

    /** Is the store there, and this cluster's? It is asked until it is. */
    private synchronized CompletionStage<?> checked() {
        CompletionStage<?> check = checked;
        if (check == null || check.toCompletableFuture().isCompletedExceptionally()) {
            check = journal.check();
            checked = check;
        }
        return check;
    }
}
