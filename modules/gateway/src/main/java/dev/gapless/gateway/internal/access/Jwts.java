package dev.gapless.gateway.internal.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.JwtSettings;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** JWTs that an issuer has signed. Thread-safe. */
final class Jwts {
    private static final int MOST_CHARACTERS = 16 << 10;
    private static final Set<String> REQUIRED = Set.of("sub", "exp");

    private final JwtSettings settings;
    private final Keys keys;
    private final Map<String, Permissions> scopes;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /**
     * Throws IllegalStateException for a file, algorithms or scopes that cannot be used.
     *
     * @param executor runs what waits for keys
     */
    Jwts(JwtSettings settings, Executor executor) {
        this.settings = settings;
        Set<JWSAlgorithm> algorithms = algorithms(settings.algorithms());
        keys = keys(settings.keys(), algorithms, executor);
        scopes = scopes(settings.scopes());
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(algorithms, (selector, context) -> selector.select(known())));
        // Access tokens of OAuth 2 say so (RFC 9068).
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT,
                new JOSEObjectType("at+jwt"),
                new JOSEObjectType("application/at+jwt"),
                (JOSEObjectType) null));
        DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(
                settings.audience(),
                new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                REQUIRED);
        claims.setMaxClockSkew((int) settings.clockSkew().toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
    }

    private static Keys keys(JwtSettings.Keys where, Set<JWSAlgorithm> algorithms, Executor executor) {
        return where instanceof JwtSettings.AtUrl url
                ? new KeysAtUrl(url, algorithms, executor)
                : new KeysInFile(((JwtSettings.InFile) where).file(), algorithms);
    }

    private static Map<String, Permissions> scopes(Map<String, Object> given) {
        Map<String, Permissions> scopes = new HashMap<>();
        given.forEach((scope, permissions) -> {
            try {
                scopes.put(scope, Permissions.of(PayloadJson.JSON.valueToTree(permissions)));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        "gapless.gateway.access.jwt.scopes, " + scope + ": " + e.getMessage(), e);
            }
        });
        return scopes;
    }

    /** With a shared secret the gateway could make tokens itself, and so could who takes a public key for one. */
    private static Set<JWSAlgorithm> algorithms(List<String> names) {
        Set<JWSAlgorithm> algorithms = new LinkedHashSet<>();
        for (String name : names) {
            JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
            if (!JWSAlgorithm.Family.RSA.contains(algorithm) && !JWSAlgorithm.Family.EC.contains(algorithm)) {
                throw new IllegalStateException("gapless.gateway.access.jwt.algorithms: " + name + " is none of "
                        + JWSAlgorithm.Family.RSA + " and " + JWSAlgorithm.Family.EC);
            }
            algorithms.add(algorithm);
        }
        if (algorithms.isEmpty()) {
            throw new IllegalStateException("gapless.gateway.access.jwt.algorithms is empty");
        }
        return algorithms;
    }

    /** Whose it is. It fails with {@link RequestException} for one that is not valid. */
    CompletionStage<Principal> principal(String token) {
        if (token.length() > MOST_CHARACTERS) {
            return CompletableFuture.failedFuture(refused("it has more than " + MOST_CHARACTERS + " characters", null));
        }
        SignedJWT jwt;
        try {
            jwt = SignedJWT.parse(token);
        } catch (ParseException | RuntimeException e) { // of a parser that was not made for that
            return CompletableFuture.failedFuture(
                    refused("it is no JWT that is signed, and no other token that is known here", e));
        }
        CompletionStage<?> known =
                isOfKnownKey(jwt.getHeader()) ? CompletableFuture.completedFuture(null) : keys.more();
        return known.thenApply(there -> checked(jwt));
    }

    private boolean isOfKnownKey(JWSHeader header) {
        JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
        JWKSet known = keys.known();
        return matcher == null // it is refused by its algorithm
                || (known != null && !new JWKSelector(matcher).select(known).isEmpty());
    }

    private JWKSet known() {
        JWKSet known = keys.known();
        if (known == null) {
            throw new RequestException(
                    Kind.NO_KEYS,
                    "The gateway could not fetch the keys of the tokens' issuer (gapless.gateway.access.jwt.jwks-url): its"
                            + " log says why. Try again later");
        }
        return known;
    }

    private Principal checked(SignedJWT jwt) {
        JWTClaimsSet claims;
        try {
            claims = processor.process(jwt, null);
        } catch (BadJOSEException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        } catch (JOSEException e) {
            throw refused("its signature cannot be checked", e);
        }
        if (claims.getSubject() == null || claims.getSubject().isEmpty() || claims.getExpirationTime() == null) {
            throw refused("it needs sub and exp", null); // they may be there, and null
        }
        String id = claims.getJWTID();
        return new Principal(
                claims.getSubject(),
                id == null ? "" : id,
                permissions(claims),
                claims.getExpirationTime().toInstant().toEpochMilli()
                        + settings.clockSkew().toMillis(),
                Principal.Source.JWT);
    }

    /** Who has neither such a claim nor a scope that is listed may nothing. */
    private Permissions permissions(JWTClaimsSet claims) {
        String name = settings.permissionsClaim();
        try {
            Map<String, Object> claim = claims.getJSONObjectClaim(name);
            if (claim != null) {
                return Permissions.of(PayloadJson.JSON.valueToTree(claim));
            }
        } catch (ParseException | IllegalArgumentException e) {
            throw refused("its claim " + name + " has no permissions: " + e.getMessage(), e);
        }
        return ofScopes(claims);
    }

    private Permissions ofScopes(JWTClaimsSet claims) {
        Permissions permissions = Permissions.NONE;
        try {
            for (String one : Scopes.of(claims)) {
                Permissions its = scopes.get(one);
                permissions = its == null ? permissions : permissions.or(its);
            }
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
        return permissions;
    }

    private static RequestException refused(String why, @Nullable Exception cause) {
        String text = "The token is not valid: " + why;
        return cause == null
                ? new RequestException(Kind.UNAUTHENTICATED, text)
                : new RequestException(Kind.UNAUTHENTICATED, text, cause);
    }

    /** How long ago the keys were fetched; null if they are not. */
    @Nullable Duration age() {
        return keys.age();
    }

    /** How many keys of the issuer's are ignored. */
    int ignoredKeys() {
        return keys.ignored();
    }

    void look() {
        keys.look();
    }
}
