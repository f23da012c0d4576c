package dev.gapless.gateway.internal.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.settings.JwtSettings.AtUrl;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that are fetched, again and again, one request at a time. Nobody waits for a key that is known. While the issuer's server cannot be
 * reached the keys of before count, for {@code jwks-max-age}. Thread-safe.
 */
final class KeysAtUrl implements Keys {
    private static final Logger LOG = LoggerFactory.getLogger(KeysAtUrl.class);

    private final AtUrl settings;
    private final Set<JWSAlgorithm> algorithms;
    private final Executor executor;
    private final HttpClient http;
    private volatile @Nullable KeySet keys;

    // Guarded by this.
    private @Nullable CompletableFuture<?> underWay;
    private long triedNs;
    private long fetchedNs = System.nanoTime();
    private String trouble = "";
    private final IgnoredKeys ignored = new IgnoredKeys();

    /**
     * Begins to fetch them.
     *
     * @param algorithms by which JWTs may be signed
     * @param executor runs what waits for keys
     */
    KeysAtUrl(AtUrl settings, Set<JWSAlgorithm> algorithms, Executor executor) {
        this.settings = settings;
        this.algorithms = algorithms;
        this.executor = executor;
        this.http = HttpClient.newBuilder()
                .connectTimeout(settings.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        var unused = fetch(System.nanoTime());
    }

    @Override
    public @Nullable JWKSet known() {
        KeySet known = keys;
        return known == null ? null : known.keys();
    }

    @Override
    public int ignored() {
        KeySet known = keys;
        return known == null ? 0 : known.ignored().size();
    }

    @Override
    public synchronized CompletionStage<?> more() {
        CompletableFuture<?> now = underWay;
        if (now != null) {
            return now;
        }
        long nowNs = System.nanoTime();
        return nowNs - triedNs < settings.retry().toNanos() ? CompletableFuture.completedFuture(null) : fetch(nowNs);
    }

    @Override
    public synchronized Duration age() {
        return Duration.ofNanos(System.nanoTime() - fetchedNs);
    }

    @Override
    public synchronized void look() {
        long nowNs = System.nanoTime();
        if (keys != null && nowNs - fetchedNs > settings.maxAge().toNanos()) {
            keys = null;
            LOG.error(
                    "The keys of {} are older than gapless.gateway.access.jwt.jwks-max-age, and could not be fetched again:"
                            + " no JWT lets in any more. {}",
                    settings.place(),
                    trouble);
        }
        long afterNs = (trouble.isEmpty() ? settings.refresh() : settings.retry()).toNanos();
        if (underWay == null && nowNs - triedNs > afterNs) {
            var unused = fetch(nowNs);
        }
    }

    /** One at a time. */
    private synchronized CompletableFuture<?> fetch(long nowNs) {
        triedNs = nowNs;
        HttpRequest request = HttpRequest.newBuilder(settings.url())
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, head -> new BoundedBody(Keys.MOST_BYTES));
        CompletableFuture.delayedExecutor(settings.timeout().toMillis(), TimeUnit.MILLISECONDS, executor)
                .execute(() -> answer.cancel(true));
        CompletableFuture<?> done = new CompletableFuture<>();
        underWay = done;
        var unused = answer.whenCompleteAsync(
                (response, failure) -> {
                    take(response, failure);
                    done.complete(null);
                },
                executor);
        return done;
    }

    private synchronized void take(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        underWay = null;
        try {
            KeySet read = read(response, failure);
            keys = read;
            fetchedNs = System.nanoTime();
            if (!trouble.isEmpty()) {
                LOG.info("The gateway has fetched the keys of {} again", settings.place());
            }
            trouble = "";
            ignored.tell(settings.place(), read);
        } catch (Unusable e) {
            if (!e.why().equals(trouble)) {
                trouble = e.why();
                LOG.warn(
                        "The gateway cannot fetch the keys of JWTs (gapless.gateway.access.jwt.jwks-url): {}. {} It tries"
                                + " again every {} ms",
                        trouble,
                        keys == null ? "It has none: no JWT lets in." : "Those of before count on.",
                        settings.retry().toMillis());
            }
        }
    }

    private KeySet read(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) throws Unusable {
        if (response == null) {
            Throwable cause = failure == null ? new CancellationException() : Reasons.cause(failure);
            throw new Unusable(
                    settings.place()
                            + (cause instanceof CancellationException
                                    ? " did not answer within jwks-timeout"
                                    : " cannot be fetched: " + cause),
                    cause);
        }
        if (response.statusCode() != 200) {
            throw new Unusable(settings.place() + " answers with status " + response.statusCode()
                    + (response.statusCode() / 100 == 3
                            ? ", and redirects are not followed: set where it leads to"
                            : ""));
        }
        try {
            return KeySet.parse(response.body(), settings.place(), algorithms);
        } catch (RuntimeException e) { // of a parser that was not made for that
            throw new Unusable(settings.place() + " has no keys: " + e, e);
        }
    }
}
