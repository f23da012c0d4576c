package dev.gapless.gateway.internal.access;

import com.nimbusds.jose.jwk.JWKSet;
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

    /** How many keys of the issuer's are ignored, since they cannot be used. */
    int ignored();

    /** How long ago they were fetched, or this began; null if they are not fetched. */
    @Nullable Duration age();

    /** Looks for new ones. From time to time. */
    void look();
}
