package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One entry of a JWK set: a public key that checks signatures, or something else. */
final class KeyEntry {
    private static final List<String> PUBLIC = List.of("kty", "alg", "kid", "n", "e", "crv", "x", "y", "x5c");
    private static final List<String> PRIVATE = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
    private static final int LEAST_BITS = 2_048;
    private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(3);
    private static final int MOST_SHOWN = 60;

    private KeyEntry() {}

    /**
     * Reads one. Members that say nothing of a key's use here are passed over, whatever they have.
     *
     * @param algorithms by which JWTs may be signed
     * @throws Unusable that says why the gateway cannot use it
     */
    static JWK read(JsonNode entry, Set<JWSAlgorithm> algorithms) throws Unusable {
        if (!entry.isObject()) {
            throw new Unusable("is no object");
        }
        String kty = text(entry, "kty");
        if (!"RSA".equals(kty) && !"EC".equals(kty)) {
            throw new Unusable("is of kty " + printable(kty) + ", and neither RSA nor EC");
        }
        if (PRIVATE.stream().anyMatch(entry::hasNonNull)) {
            throw new Unusable("is a private key: take it out, and make another one, for who reads it can make tokens");
        }
        checkUse(entry, algorithms);
        return parsed(entry, algorithms);
    }

    private static void checkUse(JsonNode entry, Set<JWSAlgorithm> algorithms) throws Unusable {
        String use = text(entry, "use");
        if (use != null && !use.equals("sig")) {
            throw new Unusable("is for use " + printable(use) + ", and not sig");
        }
        JsonNode operations = entry.path("key_ops");
        if (!operations.isMissingNode() && !operations.isNull()) {
            boolean verifies = false;
            for (JsonNode operation : operations) {
                verifies |= "verify".equals(operation.textValue());
            }
            if (!verifies) {
                throw new Unusable("has key_ops without verify");
            }
        }
        String algorithm = text(entry, "alg");
        if (algorithm != null && !algorithms.contains(JWSAlgorithm.parse(algorithm))) {
            throw new Unusable("is for alg " + printable(algorithm) + ", and none of jwt.algorithms");
        }
        if (entry.hasNonNull("revoked")) {
            throw new Unusable("is revoked");
        }
    }

    private static JWK parsed(JsonNode entry, Set<JWSAlgorithm> algorithms) throws Unusable {
        Map<String, Object> members = new HashMap<>();
        for (String name : PUBLIC) {
            if (entry.hasNonNull(name)) {
                members.put(name, PayloadJson.JSON.convertValue(entry.get(name), Object.class));
            }
        }
        try {
            JWK key = JWK.parse(members);
            if (key instanceof RSAKey rsa) {
                check(rsa, algorithms);
            } else {
                check((ECKey) key, algorithms);
            }
            return key;
        } catch (ParseException | JOSEException | RuntimeException e) { // of a parser that was not made for that
            throw new Unusable("is broken: " + printable(e.getMessage()), e);
        }
    }

    private static void check(RSAKey key, Set<JWSAlgorithm> algorithms) throws Unusable, JOSEException {
        if (algorithms.stream().noneMatch(JWSAlgorithm.Family.RSA::contains)) {
            throw new Unusable("is of kty RSA, for none of jwt.algorithms");
        }
        int bits = key.toRSAPublicKey().getModulus().bitLength();
        if (bits < LEAST_BITS) {
            throw new Unusable("has " + bits + " bits, and fewer than " + LEAST_BITS);
        }
        if (key.toRSAPublicKey().getPublicExponent().compareTo(LEAST_EXPONENT) < 0) {
            throw new Unusable("has an exponent of less than 3");
        }
    }

    private static void check(ECKey key, Set<JWSAlgorithm> algorithms) throws Unusable, JOSEException {
        boolean fits = algorithms.stream()
                .filter(JWSAlgorithm.Family.EC::contains)
                .anyMatch(one -> Curve.forJWSAlgorithm(one).contains(key.getCurve()));
        if (!fits) {
            throw new Unusable("is of crv " + printable(key.getCurve().getName()) + ", for none of jwt.algorithms");
        }
        key.toECPublicKey();
    }

    /** A member; null if it is not there, or null. */
    private static @Nullable String text(JsonNode entry, String name) throws Unusable {
        JsonNode value = entry.path(name);
        if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
            throw new Unusable("has a " + name + " that is no text");
        }
        return value.textValue();
    }

    /** Which one it is, for people: its {@code kid}, or its number. */
    static String name(JsonNode entry, int number) {
        String kid = entry.path("kid").textValue();
        return kid == null ? "entry " + number : "'" + printable(kid) + "'";
    }

    /** Somebody else's text, in one line. */
    private static String printable(@Nullable String text) {
        String shown = String.valueOf(text).replaceAll("\\p{C}", "?");
        return shown.length() > MOST_SHOWN ? shown.substring(0, MOST_SHOWN) + "…" : shown;
    }
}
