package dev.gapless.gateway.internal.access;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows of itself. The first of these that is there counts, and no other one if that is not valid.
 *
 * @param authorization a header, as it was sent
 * @param cookie the value of {@link Cookies#NAME}
 * @param certificate its own one, of an authority that the gateway trusts
 */
public record Shown(
        @Nullable String authorization,
        @Nullable String cookie,
        @Nullable X509Certificate certificate) {
    public static final Shown NOTHING = new Shown(null, null, null);
}
