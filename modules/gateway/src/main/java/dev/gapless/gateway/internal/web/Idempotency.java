package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The first answers to requests with an Idempotency-Key, for those that come again: so many, for so long. A request that comes again while
 * the first is under way gets its answer, too. Thread-safe.
 */
final class Idempotency {
    /** Characters of a key. */
    static final int MAX_KEY = 255;

    private final int most;
    private final long retentionNs;
    private final Map<Key, Known> answers = new LinkedHashMap<>();

    private record Key(String topic, String key) {}

    private record Known(CompletableFuture<Answer> answer, long sinceNs) {}

    Idempotency(GatewaySettings settings) {
        this.most = settings.idempotencyKeys;
        this.retentionNs = settings.idempotencyRetention.toNanos();
    }

    /** The first answer, or that of this request, which is the first. */
    CompletableFuture<Answer> answer(String topic, String key, Supplier<CompletableFuture<Answer>> request) {
        Key which = new Key(topic, key);
        CompletableFuture<Answer> first = new CompletableFuture<>();
        Known known;
        synchronized (answers) {
            forgetOld(System.nanoTime());
            known = answers.putIfAbsent(which, new Known(first, System.nanoTime()));
            if (known == null && answers.size() > most) {
                answers.remove(answers.keySet().iterator().next());
            }
        }
        if (known != null) {
            return known.answer();
        }
        request.get().whenComplete((answer, failure) -> {
            if (failure != null || isWorthRepeating(answer)) {
                synchronized (answers) {
                    answers.computeIfPresent(which, (any, mine) -> mine.answer() == first ? null : mine);
                }
            }
            if (failure == null) {
                first.complete(answer);
            } else {
                first.completeExceptionally(failure);
            }
        });
        return first;
    }

    /** Nothing was published, and it may be if it comes again. */
    private static boolean isWorthRepeating(Answer answer) {
        return answer.status() >= 400 && answer.body().path("accepted").asLong(0) == 0;
    }

    private void forgetOld(long nowNs) {
        var all = answers.values().iterator();
        while (all.hasNext() && nowNs - all.next().sinceNs() > retentionNs) {
            all.remove();
        }
    }
}
