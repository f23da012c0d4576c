package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code gapless.gateway.tls}: which files to read, and who has to show a certificate. Immutable.
 *
 * @param keyStore chain and key in one file; empty if they are PEM
 * @param password of that file
 * @param clientCa whose certificates clients may show; empty if they show none
 */
public record TlsSettings(
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<Path> keyStore,
        String password,
        ClientCertificates clientCertificates,
        Optional<Path> clientCa) {
    /** Do clients show certificates? */
    public enum ClientCertificates {
        NONE,
        WANTED,
        REQUIRED
    }

    /** Throws ConfigException for what does not go together. */
    static TlsSettings of(Config config) {
        TlsSettings settings = new TlsSettings(
                ConfigValues.path(config, "tls.certificate"),
                ConfigValues.path(config, "tls.key"),
                ConfigValues.path(config, "tls.key-store"),
                config.getString("tls.password"),
                clientCertificates(config),
                ConfigValues.path(config, "tls.client-ca"));
        settings.check(config);
        return settings;
    }

    private static ClientCertificates clientCertificates(Config config) {
        String value = config.getString("tls.client-certificates");
        return Stream.of(ClientCertificates.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(() -> ConfigValues.refused(
                        config, "tls.client-certificates", "it is none, wanted or required, not " + value));
    }

    private void check(Config config) {
        if (certificate.isPresent() != key.isPresent()) {
            throw ConfigValues.refused(config, "tls.key", "certificate and key go together: set both, or neither");
        }
        if (keyStore.isPresent() && certificate.isPresent()) {
            throw ConfigValues.refused(
                    config, "tls.key-store", "it is in place of certificate and key: set it, or those two");
        }
        if (clientCertificates != ClientCertificates.NONE && clientCa.isEmpty()) {
            throw ConfigValues.refused(
                    config,
                    "tls.client-ca",
                    "client-certificates needs the authorities that clients' certificates are of");
        }
        if (clientCa.isPresent() && clientCertificates == ClientCertificates.NONE) {
            throw ConfigValues.refused(
                    config,
                    "tls.client-certificates",
                    "client-ca is set, and with none nobody is asked for a certificate");
        }
        if (clientCertificates != ClientCertificates.NONE && !isOn()) {
            throw ConfigValues.refused(
                    config,
                    "tls.client-certificates",
                    "clients show certificates with TLS alone: set certificate and key");
        }
    }

    /** Is TLS spoken? */
    public boolean isOn() {
        return certificate.isPresent() || keyStore.isPresent();
    }

    /** All files that are read. */
    public List<Path> files() {
        return Stream.of(certificate, key, keyStore, clientCa)
                .flatMap(Optional::stream)
                .toList();
    }
}
