package dev.gapless.gateway.internal.tls;

import dev.gapless.gateway.internal.files.ReadAgain;
import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.settings.TlsSettings;
import dev.gapless.gateway.internal.settings.TlsSettings.ClientCertificates;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of a gateway. When its files change they are read again: who connects from then on is shown the new ones, and connections that are
 * open stay. Files that cannot be used change nothing. Thread-safe.
 */
public final class Tls {
    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

    private final TlsSettings settings;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final @Nullable AdvancedTlsX509TrustManager authorities;
    private final ReadAgain<X509Certificate> own;

    /** Throws IllegalStateException if the files cannot be used; null if TLS is not wanted. */
    public static @Nullable Tls open(TlsSettings settings) {
        return settings.isOn() ? new Tls(settings) : null;
    }

    private Tls(TlsSettings settings) {
        this.settings = settings;
        try {
            authorities = settings.clientCertificates() == ClientCertificates.NONE
                    ? null
                    : AdvancedTlsX509TrustManager.newBuilder()
                            .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                            .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Java has no TLS", e);
        }
        own = new ReadAgain<>("gapless.gateway.tls", settings.files(), this::take);
    }

    private X509Certificate take() throws Unusable {
        Credentials read = Credentials.read(settings);
        try {
            if (authorities != null) {
                authorities.updateTrustCredentials(read.authorities().toArray(X509Certificate[]::new));
            }
            keys.updateIdentityCredentials(read.chain().toArray(X509Certificate[]::new), read.key());
        } catch (IOException | GeneralSecurityException e) {
            throw new Unusable(settings.files() + " cannot be used: " + e.getMessage(), e);
        }
        return read.own();
    }

    /** Reads the files again if they have changed. From time to time. */
    public void look() {
        if (own.look()) {
            LOG.info("The gateway's certificate is that of {} now", own.now().getSubjectX500Principal());
        }
    }

    /** How long the gateway's own certificate is valid yet; negative once it has expired. */
    public Duration expiresIn() {
        return Duration.between(Instant.now(), own.now().getNotAfter().toInstant());
    }

    /** Shows the certificate of now. */
    public KeyManager keys() {
        return keys;
    }

    /** Trusts the authorities of now; null if clients show no certificates. */
    public @Nullable TrustManager authorities() {
        return authorities;
    }

    /** Have clients to show a certificate? */
    public boolean requiresCertificates() {
        return settings.clientCertificates() == ClientCertificates.REQUIRED;
    }
}
