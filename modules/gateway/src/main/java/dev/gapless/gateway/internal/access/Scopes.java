package dev.gapless.gateway.internal.access;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The scopes of a JWT: {@code scope} (RFC 8693), {@code scp}, or both, each a text with spaces between them, or a list. */
final class Scopes {
    private Scopes() {}

    /** All of them. Throws IllegalArgumentException for a claim of another type. */
    static Set<String> of(JWTClaimsSet claims) {
        Set<String> scopes = new LinkedHashSet<>();
        for (String name : List.of("scope", "scp")) {
            Object claim = claims.getClaim(name);
            if (claim instanceof String text) {
                scopes.addAll(List.of(text.split(" ", -1)));
            } else if (claim instanceof List<?> list) {
                list.forEach(one -> scopes.add(one(name, one)));
            } else if (claim != null) {
                throw wrong(name);
            }
        }
        return scopes;
    }

    private static String one(String name, Object scope) {
        if (scope instanceof String text) {
            return text;
        }
        throw wrong(name);
    }

    private static IllegalArgumentException wrong(String name) {
        return new IllegalArgumentException("its claim " + name + " is neither a text of scopes nor a list of them");
    }
}
