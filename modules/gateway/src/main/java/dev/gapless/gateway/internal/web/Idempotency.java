package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The first answers to requests with an Idempotency-Key, for those that come again: so many, for so long. A request that comes again while
 * the first is under way gets its answer, too. Behind that each message has the key as its id, which the ring knows for as long as it holds
 * the message. Thread-safe.
 */
final class Idempotency {
    private final long retentionNs;
    private final KeyedAnswers answers;
    private final Budget budget;
    /** What the budget knows of. Guarded by the answers. */
    private long counted;

    /** Without an answer. The budget has those that come for as long as nobody else wants it. */
    Idempotency(GatewaySettings settings, Budget budget) {
        this.budget = budget;
        this.retentionNs = settings.idempotencyRetention.toNanos();
        this.answers = new KeyedAnswers(settings.idempotencyKeys, settings.idempotencyKeysOfAll);
        budget.addCache(this::shrink);
    }

    /** Forgets the oldest until there is room for others. */
    private void shrink() {
        synchronized (answers) {
            count();
            while (answers.bytes() > 0 && budget.isFull()) {
                answers.removeOldest();
                count();
            }
        }
    }

    private void count() {
        budget.cache(Share.ANSWERS, answers.bytes() - counted);
        counted = answers.bytes();
    }

    /**
     * The first answer, or that of this request, which is the first. One that comes again is read, too: with another query or body it is
     * another request, and refused. One without any line asks what became of the first.
     *
     * @param fingerprint of this request, as far as it is read
     * @param answering reads this request and answers it
     * @param comparing reads this request, and tells whether it is like the first one
     */
    CompletableFuture<HttpAnswer> answer(
            String topic,
            String key,
            RequestDigest fingerprint,
            Supplier<CompletableFuture<HttpAnswer>> answering,
            Function<RequestDigest, CompletableFuture<Boolean>> comparing) {
        KeyedAnswers.Key which = new KeyedAnswers.Key(topic, key);
        KeyedAnswers.First first = new KeyedAnswers.First(fingerprint, new CompletableFuture<>());
        KeyedAnswers.@Nullable First known;
        synchronized (answers) {
            long nowNs = System.nanoTime();
            answers.removeBefore(nowNs - retentionNs);
            known = answers.putIfAbsent(which, first, nowNs);
        }
        shrink();
        if (known != null) {
            RequestDigest request = known.request();
            return known.answer()
                    .thenCompose(answer -> comparing.apply(request).thenApply(isLike -> {
                        if (!isLike) {
                            throw new RequestException(
                                    Kind.KEY_REUSED,
                                    "There was another request with this Idempotency-Key, of another query or body: give each request"
                                            + " a key of its own. Nothing of this one was published");
                        }
                        return answer;
                    }));
        }
        answering.get().whenComplete((answer, failure) -> {
            if (failure != null || isWorthRepeating(answer)) {
                synchronized (answers) {
                    answers.remove(which, first);
                    count();
                }
            }
            if (failure == null) {
                first.answer().complete(answer);
            } else {
                first.answer().completeExceptionally(failure);
            }
        });
        return first.answer();
    }

    /** Nothing was published, and it may be if it comes again; or nobody knows, and whoever repeats it learns that from the ring. */
    private static boolean isWorthRepeating(HttpAnswer answer) {
        return answer.status() >= 400
                && (answer.body().path("accepted").asLong(0) == 0 || answer.is(RequestException.Kind.PUBLISH_UNKNOWN));
    }
}
