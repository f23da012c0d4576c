package dev.gapless.gateway.internal.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.gapless.gateway.internal.files.ReadAgain;
import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.files.WholeFile;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.JwtSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JWTs that an issuer has signed, whose public keys stand in a file. Thread-safe. */
final class Jwts {
    private static final int MOST_BYTES_OF_KEYS = 1 << 20;
    private static final int MOST_CHARACTERS = 16 << 10;
    private static final Set<String> REQUIRED = Set.of("sub", "exp");

    private final JwtSettings settings;
    private final ReadAgain<JWKSet> keys;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /** Throws IllegalStateException if the file or the algorithms cannot be used. */
    Jwts(JwtSettings settings) {
        this.settings = settings;
        Path file = settings.jwksFile();
        keys = new ReadAgain<>("gapless.gateway.access.jwt.jwks-file", List.of(file), () -> read(file));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                algorithms(settings.algorithms()), (selector, context) -> selector.select(keys.now())));
        // Access tokens of OAuth 2 say so (RFC 9068).
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), (JOSEObjectType) null));
        DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(
                settings.audience(),
                new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                REQUIRED);
        claims.setMaxClockSkew((int) settings.clockSkew().toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
    }

    private static JWKSet read(Path file) throws Unusable {
        try {
            JWKSet keys = JWKSet.parse(new String(WholeFile.read(file, MOST_BYTES_OF_KEYS), StandardCharsets.UTF_8));
            if (keys.isEmpty() || keys.containsNonPublicKeys()) {
                throw new Unusable(file + " has to have public keys, and no others");
            }
            return keys;
        } catch (ParseException e) {
            throw new Unusable(file + " is no JWK set ({\"keys\":[…]}): " + e.getMessage(), e);
        }
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

    /** Whose it is. Throws {@link RequestException} for one that is not valid. */
    Principal principal(String token) {
        if (token.length() > MOST_CHARACTERS) {
            throw refused("it has more than " + MOST_CHARACTERS + " characters", null);
        }
        JWTClaimsSet claims;
        try {
            claims = processor.process(token, null);
        } catch (ParseException e) {
            throw refused("it is no JWT, and no other token that is known here", e);
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

    /** Who has no such claim may nothing. */
    private Permissions permissions(JWTClaimsSet claims) {
        String name = settings.permissionsClaim();
        try {
            Map<String, Object> claim = claims.getJSONObjectClaim(name);
            return claim == null ? Permissions.NONE : Permissions.of(PayloadJson.JSON.valueToTree(claim));
        } catch (ParseException | IllegalArgumentException e) {
            throw refused("its claim " + name + " has no permissions: " + e.getMessage(), e);
        }
    }

    private static RequestException refused(String why, @Nullable Exception cause) {
        String text = "The token is not valid: " + why;
        return cause == null
                ? new RequestException(Kind.UNAUTHENTICATED, text)
                : new RequestException(Kind.UNAUTHENTICATED, text, cause);
    }

    void look() {
        keys.look();
    }
}
