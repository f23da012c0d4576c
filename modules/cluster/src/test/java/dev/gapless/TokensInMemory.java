package dev.gapless;

import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.store.TokenStore;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;

/** Keeps the tokens of named subscriptions in memory, by the name of the node: what the module that stores would do, without it. */
public final class TokensInMemory implements LogStoresProvider {
    private static final Map<String, Tokens> BY_NODE = new ConcurrentHashMap<>();

    /** Those of one node. */
    static final class Tokens implements TokenStore {
        private final Map<Name, UUID> owners = new ConcurrentHashMap<>();
        private final Map<Name, String> rows = new ConcurrentHashMap<>();
        volatile @Nullable RuntimeException away;

        int rows() {
            return rows.size();
        }

        @Override
        public CompletionStage<String> open(Name name, UUID owner, Duration within) {
            return answer(() -> {
                owners.put(name, owner);
                return rows.getOrDefault(name, "");
            });
        }

        @Override
        public CompletionStage<Boolean> store(Name name, UUID owner, long number, String token, Duration within) {
            return answer(() -> {
                boolean isOwner = owner.equals(owners.get(name));
                if (isOwner) {
                    rows.put(name, token);
                }
                return isOwner;
            });
        }

        private <V> CompletionStage<V> answer(Supplier<V> of) {
            RuntimeException failure = away;
            return CompletableFuture.supplyAsync(() -> {
                if (failure != null) {
                    throw failure;
                }
                return of.get();
            });
        }
    }

    static Tokens of(String node) {
        return BY_NODE.computeIfAbsent(node, first -> new Tokens());
    }

    /** Actor systems that are made meanwhile keep their tokens here. */
    static <V> V whileFound(Supplier<V> make) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        URL services = Objects.requireNonNull(before.getResource("stores/"));
        thread.setContextClassLoader(new URLClassLoader(new URL[] {services}, before));
        try {
            return make.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public LogStores create(ExtendedActorSystem system, Owner owner) {
        return LogStores.NONE;
    }

    @Override
    public TokenStore tokens(ExtendedActorSystem system, String clusterId, String nodeName) {
        return of(nodeName);
    }
}
