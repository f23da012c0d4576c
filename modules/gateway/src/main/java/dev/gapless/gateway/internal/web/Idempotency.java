package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The first answers to requests with an Idempotency-Key, for those that come again: so many, for so long. A request that comes again while
 * the first is under way gets its answer, too. Thread-safe.
 */
final class Idempotency {
    /** Characters of a key. */
    static final int MAX_KEY = 255;

    private final long retentionNs;
    private final KeyedAnswers answers;

    Idempotency(GatewaySettings settings) {
        this.retentionNs = settings.idempotencyRetention.toNanos();
        this.answers = new KeyedAnswers(settings.idempotencyKeys, settings.idempotencyKeysOfAll);
    }

    /** The first answer, or that of this request, which is the first. */
    CompletableFuture<Answer> answer(String topic, String key, Supplier<CompletableFuture<Answer>> request) {
        KeyedAnswers.Key which = new KeyedAnswers.Key(topic, key);
        CompletableFuture<Answer> first = new CompletableFuture<>();
        @Nullable CompletableFuture<Answer> known;
        synchronized (answers) {
            long nowNs = System.nanoTime();
            answers.removeBefore(nowNs - retentionNs);
            known = answers.putIfAbsent(which, first, nowNs);
        }
        if (known != null) {
            return known;
        }
        request.get().whenComplete((answer, failure) -> {
            if (failure != null || isWorthRepeating(answer)) {
                synchronized (answers) {
                    answers.remove(which, first);
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
}
