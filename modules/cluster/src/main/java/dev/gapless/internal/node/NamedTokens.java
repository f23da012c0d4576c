package dev.gapless.internal.node;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.named.KeptTokenSettings;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.subscribe.KeptToken;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The tokens of a node's named subscriptions. Thread-safe. */
public final class NamedTokens {
    private final Settings settings;
    private final Function<String, TokenStore> stores;
    private final KeptToken.Timer timer;
    private final Clock clock;
    private final Set<KeptToken> open = ConcurrentHashMap.newKeySet();

    /**
     * None yet.
     *
     * @param stores where the subscription of this name keeps its token; throws IllegalStateException if the node cannot keep it
     */
    public NamedTokens(Settings settings, Function<String, TokenStore> stores, KeptToken.Timer timer, Clock clock) {
        this.settings = settings;
        this.stores = stores;
        this.timer = timer;
        this.clock = clock;
    }

    /** Of a subscription that is about to be opened. Throws IllegalStateException if this node cannot keep it. */
    public KeptToken of(String topic, String name) {
        TopicSettings its = settings.topic(topic);
        KeptToken token = new KeptToken(
                new KeptTokenSettings(
                        topic,
                        name,
                        settings.clusterId,
                        settings.tokenStoreInterval.toNanos(),
                        its.storeTimeoutNs(),
                        its.storeBackoff()),
                stores.apply(name),
                timer,
                clock);
        open.add(token);
        token.whenOver(() -> open.remove(token));
        return token;
    }

    /** Throws IllegalStateException if this node cannot keep that of a subscription with this name. */
    void check(String name) {
        var unused = stores.apply(name);
    }

    /** Which one cannot be stored, and why, for people; empty if all can be. */
    Optional<String> problem() {
        return open.stream().flatMap(token -> token.problem().stream()).findFirst();
    }

    /** Completes once each has stored its last token, or after that time. */
    CompletionStage<Void> over(Duration within) {
        return over().toCompletableFuture().completeOnTimeout(null, within.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Completes once each has stored its last token. */
    public CompletionStage<Void> over() {
        CompletableFuture<?>[] all =
                open.stream().map(token -> token.over().toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(all);
    }
}
