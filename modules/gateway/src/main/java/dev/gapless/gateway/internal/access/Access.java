package dev.gapless.gateway.internal.access;

import dev.gapless.gateway.internal.files.ReadAgain;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.AccessSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a client is. A credential that is not valid is refused: it never counts as none. Thread-safe.
 */
public final class Access {
    private static final String BEARER = "Bearer ";

    private final Principal anonymous;
    private final @Nullable ReadAgain<Map<String, Principal>> tokens;
    private final @Nullable Jwts jwts;

    /** Throws IllegalStateException if its files cannot be used. */
    public Access(AccessSettings settings) {
        tokens = settings.tokensFile()
                .map(file -> new ReadAgain<>(
                        "gapless.gateway.access.tokens-file", List.of(file), () -> TokensFile.read(file)))
                .orElse(null);
        jwts = settings.jwt().map(Jwts::new).orElse(null);
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

    /** Who sends this header; null if it sends none. Throws {@link RequestException} for what is no valid credential. */
    public Principal ofHeader(@Nullable String authorization) {
        if (authorization == null || !isOn()) {
            return anonymous;
        }
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw new RequestException(Kind.UNAUTHENTICATED, "The credential is sent as Authorization: Bearer TOKEN");
        }
        return ofToken(authorization.substring(BEARER.length()).strip());
    }

    /** Whose it is. Throws {@link RequestException} for one that is not valid. */
    public Principal ofToken(String token) {
        if (!isOn()) {
            return anonymous;
        }
        Principal principal = tokens == null ? null : tokens.now().get(TokensFile.digest(token));
        if (principal == null && jwts != null) {
            return jwts.principal(token);
        }
        if (principal == null) {
            throw new RequestException(Kind.UNAUTHENTICATED, "The token is not known here");
        }
        if (principal.expiresMs() <= System.currentTimeMillis()) {
            throw new RequestException(Kind.UNAUTHENTICATED, "The token has expired");
        }
        return principal;
    }

    /** Is it what it was? It may have expired, or another one may stand in the file by now. */
    public boolean isValid(Principal principal) {
        if (principal.isAnonymous() || !isOn()) {
            return true;
        }
        if (principal.expiresMs() <= System.currentTimeMillis()) {
            return false;
        }
        return principal.source() == Principal.Source.JWT
                || (tokens != null && principal.equals(tokens.now().get(principal.credential())));
    }

    /** Reads its files again if they have changed. From time to time. */
    public void look() {
        if (tokens != null) {
            tokens.look();
        }
        if (jwts != null) {
            jwts.look();
        }
    }
}
