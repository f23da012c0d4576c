package dev.gapless.gateway.internal.tls;

import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.files.WholeFile;
import dev.gapless.gateway.internal.settings.TlsSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the files of TLS have.
 *
 * @param chain the gateway's own certificate first
 * @param authorities those of clients' certificates; empty if clients show none
 */
record Credentials(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");
    private static final String PKCS8 = "PRIVATE KEY";
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");
    private static final byte[] TO_SIGN = "gapless".getBytes(StandardCharsets.US_ASCII);

    static Credentials read(TlsSettings settings) throws Unusable {
        List<X509Certificate> authorities = settings.clientCa().isEmpty()
                ? List.of()
                : certificates(settings.clientCa().get());
        Credentials read = settings.keyStore().isPresent()
                ? ofKeyStore(settings.keyStore().get(), settings.password(), authorities)
                : new Credentials(
                        certificates(settings.certificate().orElseThrow()),
                        key(settings.key().orElseThrow()),
                        authorities);
        read.checkPair(settings);
        return read;
    }

    private static List<X509Certificate> certificates(Path file) throws Unusable {
        byte[] pem = WholeFile.read(file, WholeFile.MOST_BYTES);
        try {
            List<X509Certificate> all =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (all.isEmpty()) {
                throw new Unusable(file + " has no certificate: it has to be PEM, as in -----BEGIN CERTIFICATE-----");
            }
            return all;
        } catch (GeneralSecurityException e) {
            throw new Unusable(file + " has no certificates in PEM: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) throws Unusable {
        Matcher pem = PEM.matcher(new String(WholeFile.read(file, WholeFile.MOST_BYTES), StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new Unusable(file + " has no key: it has to be PEM, as in -----BEGIN PRIVATE KEY-----");
        }
        if (!pem.group(1).equals(PKCS8)) {
            throw new Unusable(file + " has a key of another kind (" + pem.group(1)
                    + "). Convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW; one with a password goes into a"
                    + " key-store");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(pem.group(2));
        } catch (IllegalArgumentException e) {
            throw new Unusable(file + " has no key that can be read: " + e.getMessage(), e);
        }
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // it is of another algorithm
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Java has no keys of " + algorithm, e);
            }
        }
        throw new Unusable(file + " has a key that is neither of RSA, nor EC, nor EdDSA, or that is broken");
    }

    private static Credentials ofKeyStore(Path file, String password, List<X509Certificate> authorities)
            throws Unusable {
        byte[] bytes = WholeFile.read(file, WholeFile.MOST_BYTES);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password.toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                if (store.getKey(alias, password.toCharArray()) instanceof PrivateKey key) {
                    List<X509Certificate> chain = List.of(store.getCertificateChain(alias)).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
                    return new Credentials(chain, key, authorities);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new Unusable(
                    file + " is no PKCS12 file that gapless.gateway.tls.password opens: " + e.getMessage(), e);
        }
        throw new Unusable(file + " has no key");
    }

    /** A key of another certificate would be found out by the first client alone. */
    private void checkPair(TlsSettings settings) throws Unusable {
        PublicKey certified = chain.get(0).getPublicKey();
        boolean fits;
        try {
            String algorithm = "EdDSA".equals(key.getAlgorithm()) ? "EdDSA" : "SHA256with" + signing();
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(TO_SIGN);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(TO_SIGN);
            fits = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            fits = false;
        }
        if (!fits) {
            throw new Unusable("the key does not belong to the first certificate ("
                    + chain.get(0).getSubjectX500Principal() + ") of " + settings.files()
                    + ": the gateway's own one comes first, then those that lead to its authority");
        }
    }

    private String signing() {
        return "EC".equals(key.getAlgorithm()) ? "ECDSA" : key.getAlgorithm();
    }

    X509Certificate own() {
        return chain.get(0);
    }
}
