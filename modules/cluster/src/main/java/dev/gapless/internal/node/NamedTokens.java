package dev.gapless.internal.node;

import dev.gapless.core.TopicSettings;
import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.subscribe.KeptToken;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;

/** The tokens of this node's named subscriptions. Thread-safe. */
final class NamedTokens {
    private final ExtendedActorSystem system;
    private final Settings settings;
    private final ExecutionContext later;
    private final Set<KeptToken> open = ConcurrentHashMap.newKeySet();
    private @Nullable TokenStore store;

    /**
     * None yet.
     *
     * @param executor runs what is to be done later
     */
    NamedTokens(ExtendedActorSystem system, Settings settings, Executor executor) {
        this.system = system;
        this.settings = settings;
        this.later = ExecutionContext.fromExecutor(executor);
    }

    /** Of a subscription that is about to be opened. Throws IllegalStateException if this node cannot keep it. */
    KeptToken of(String topic, String name) {
        TopicSettings its = settings.topic(topic);
        KeptToken token = new KeptToken(
                new TokenStore.Name(topic, name),
                settings.clusterId,
                store(name),
                new KeptToken.Settings(
                        settings.tokenStoreInterval, Duration.ofNanos(its.storeTimeoutNs()), its.storeBackoff()),
                this::after,
                Clock.SYSTEM);
        open.add(token);
        token.whenOver(() -> open.remove(token));
        return token;
    }

    private boolean after(Duration wait, Runnable what) {
        try {
            system.scheduler().scheduleOnce(wait, what, later);
            return true;
        } catch (IllegalStateException e) {
            return false; // the actor system ends, and its subscriptions with it
        }
    }

    /** Throws IllegalStateException if this node cannot keep that of a subscription with this name. */
    void check(String name) {
        var unused = store(name);
    }

    private synchronized TokenStore store(String name) {
        if (settings.nodeName.isEmpty()) {
            throw new IllegalStateException("Subscription " + name
                    + " has a name, and keeps its token in this node's store, which needs a name of the node that is kept over"
                    + " restarts: set gapless.node-name");
        }
        if (store == null) {
            store = LogStoresProvider.find(system)
                    .orElseThrow(
                            () -> new IllegalStateException(
                                    "Subscription " + name
                                            + " has a name, and keeps its token in a store: add the module gapless-durable to the class path"))
                    .tokens(system, settings.clusterId, settings.nodeName);
        }
        return store;
    }

    /** What is wrong with one of them, for people. */
    Optional<String> problem() {
        return open.stream()
                .flatMap(token -> Stream.ofNullable(token.status().problem()))
                .findFirst();
    }

    /** Completes once each has stored its last token, or after that time. */
    CompletionStage<Void> over(Duration within) {
        CompletableFuture<?>[] all =
                open.stream().map(token -> token.over().toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(all).completeOnTimeout(null, within.toNanos(), TimeUnit.NANOSECONDS);
    }
}
