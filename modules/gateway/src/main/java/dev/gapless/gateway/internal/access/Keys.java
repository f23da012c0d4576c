package dev.gapless.gateway.internal.access;

import com.nimbusds.jose.jwk.JWKSet;
import dev.gapless.gateway.internal.files.Unusable;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The public keys of an issuer. Thread-safe. */
interface Keys {
    int MOST_BYTES = 1 << 20;

    /** Those that are known; null if none are. */
    @Nullable JWKSet known();

    /** A JWT names a key that is not among them. {@return completes, and never fails, when there are those that there can be by now} */
    CompletionStage<?> more();

    /** How long ago they were fetched, or this began; null if they are not fetched. */
    @Nullable Duration age();

    /** Looks for new ones. From time to time. */
    void look();

    /**
     * Reads a set of keys.
     *
     * @param from where they are, for people
     */
    static JWKSet parse(byte[] bytes, Object from) throws Unusable {
        try {
            JWKSet keys = JWKSet.parse(new String(bytes, StandardCharsets.UTF_8));
            if (keys.isEmpty() || keys.containsNonPublicKeys()) {
                throw new Unusable(from + " has to have public keys, and no others");
            }
            return keys;
        } catch (ParseException e) {
            throw new Unusable(from + " is no JWK set ({\"keys\":[…]}): " + e.getMessage(), e);
        }
    }
}
