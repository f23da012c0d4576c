package dev.gapless.gateway.internal.access;

import dev.gapless.gateway.internal.files.ReadAgain;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.AccessSettings;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a client is. A credential that is not valid is refused: it never counts as none. Thread-safe.
 */
public final class Access {
    private static final String BEARER = "Bearer ";

    private final Principal anonymous;
    private final @Nullable ReadAgain<Map<String, Principal>> tokens;
    private final @Nullable ReadAgain<Set<String>> denied;
    private final @Nullable Jwts jwts;
    private final Cookies cookies;
    private final Audit audit;
    private final Quotas quotas;

    /**
     * Throws IllegalStateException if its files cannot be used.
     *
     * @param executor runs what waits for the keys of an issuer
     */
    public Access(AccessSettings settings, Executor executor) {
        tokens = settings.tokensFile()
                .map(file -> new ReadAgain<>(
                        "gapless.gateway.access.tokens-file", List.of(file), () -> TokensFile.read(file)))
                .orElse(null);
        denied = settings.deniedSubjects()
                .map(file -> new ReadAgain<>(
                        "gapless.gateway.access.denied-subjects", List.of(file), () -> DeniedSubjects.read(file)))
                .orElse(null);
        cookies = new Cookies(settings.sessions());
        jwts = settings.jwt().map(its -> new Jwts(its, executor)).orElse(null);
        quotas = new Quotas(settings.limits());
        audit = new Audit(isOn() ? settings.auditPerSecond() : 0);
        anonymous = isOn() ? Principal.anonymous(permissions(settings)) : Principal.ANYBODY;
    }

    private static Permissions permissions(AccessSettings settings) {
        try {
            return Permissions.of(settings.anonymous());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("gapless.gateway.access.anonymous: " + e.getMessage(), e);
        }
    }

    /** Is there access control? Otherwise whoever reaches the gateway may everything. */
    public boolean isOn() {
        return tokens != null || jwts != null;
    }

    /** Who shows no credential. */
    public Principal anonymous() {
        return anonymous;
    }

    /** May who shows no credential do anything with topics? */
    public boolean admitsAnonymous() {
        return anonymous.permissions().isAnything();
    }

    /** Has it yet to say who it is, since it may do nothing with topics before? */
    public boolean isUnknown(Principal principal) {
        return principal.isAnonymous() && !admitsAnonymous();
    }

    /** Who shows that. It fails with {@link RequestException} for a credential that is not valid. */
    public CompletionStage<Principal> principal(Shown shown) {
        if (!isOn()) {
            return CompletableFuture.completedFuture(anonymous);
        }
        String header = shown.authorization();
        String cookie = shown.cookie();
        if (header != null && !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return CompletableFuture.failedFuture(new RequestException(
                    Kind.UNAUTHENTICATED, "The credential is sent as Authorization: Bearer TOKEN"));
        }
        if (header != null) {
            return ofToken(header.substring(BEARER.length()).strip());
        }
        try {
            return CompletableFuture.completedFuture(
                    cookie == null ? ofCertificate(shown.certificate()) : checked(cookies.principal(cookie)));
        } catch (RequestException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whose token it is. It fails with {@link RequestException} for one that is not valid. */
    public CompletionStage<Principal> ofToken(String token) {
        if (!isOn()) {
            return CompletableFuture.completedFuture(anonymous);
        }
        Principal principal = tokens == null ? null : tokens.now().get(TokensFile.sha256(token));
        if (principal == null && jwts != null) {
            return jwts.principal(token).thenApply(this::checked);
        }
        try {
            if (principal == null) {
                throw new RequestException(Kind.UNAUTHENTICATED, "The token is not known here");
            }
            return CompletableFuture.completedFuture(checked(principal));
        } catch (RequestException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** One that is not listed says nothing of its client: it was needed to connect, maybe, and that is all. */
    private Principal ofCertificate(@Nullable X509Certificate certificate) {
        Principal listed = certificate == null || tokens == null
                ? null
                : tokens.now().get(TokensFile.certificate(certificate.getSubjectX500Principal()));
        return listed == null || certificate == null
                ? anonymous
                : checked(listed.until(certificate.getNotAfter().toInstant().toEpochMilli()));
    }

    private Principal checked(Principal principal) {
        if (principal.hasExpired()) {
            throw new RequestException(Kind.UNAUTHENTICATED, "The token has expired");
        }
        if (!isValid(principal)) {
            throw new RequestException(Kind.UNAUTHENTICATED, "The token is valid no more");
        }
        return principal;
    }

    /** Is it what it was? It may have expired, another one may stand in the file by now, or its subject may be denied. */
    public boolean isValid(Principal principal) {
        if (principal.isAnonymous() || !isOn()) {
            return true;
        }
        if (principal.hasExpired() || (denied != null && denied.now().contains(principal.subject()))) {
            return false;
        }
        return principal.source() == Principal.Source.JWT || isListed(principal);
    }

    private boolean isListed(Principal principal) {
        Principal listed = tokens == null ? null : tokens.now().get(principal.credential());
        return listed != null
                && !listed.hasExpired()
                && listed.until(principal.expiresMs()).equals(principal.until(listed.expiresMs()));
    }

    public Audit audit() {
        return audit;
    }

    public Quotas quotas() {
        return quotas;
    }

    /** A cookie for a browser, which stands for the credential that it has shown. Throws {@link RequestException}. */
    public Cookies.Cookie cookie(Principal principal) {
        return cookies.cookie(principal);
    }

    /** Are keys of JWTs fetched from a URL? */
    public boolean fetchesKeys() {
        return jwts != null && jwts.age() != null;
    }

    /** How long ago they were; zero if they are not. */
    public Duration keysAge() {
        return Objects.requireNonNullElse(jwts == null ? null : jwts.age(), Duration.ZERO);
    }

    /** Has it an issuer of JWTs? */
    public boolean takesJwts() {
        return jwts != null;
    }

    /** How many keys of that are ignored, since they cannot be used. */
    public int ignoredKeys() {
        return jwts == null ? 0 : jwts.ignoredKeys();
    }

    /** Reads its files again if they have changed, and fetches keys. From time to time. */
    public void look() {
        if (tokens != null) {
            tokens.look();
        }
        if (denied != null) {
            denied.look();
        }
        if (jwts != null) {
            jwts.look();
        }
    }
}
