package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The keys of an issuer's JWK set. An entry that the gateway cannot use is ignored by itself: issuers publish keys for others, too. Immutable.
 *
 * @param keys those that count, at least one
 * @param ignored the others, each with its name, and why
 */
record KeySet(JWKSet keys, List<String> ignored) {
    private static final int MOST_SHOWN = 5;

    /**
     * Reads a set of keys.
     *
     * @param from where they are, for people
     * @param algorithms by which JWTs may be signed
     * @throws Unusable if it is no set of keys, or none of them counts
     */
    static KeySet parse(byte[] bytes, Object from, Set<JWSAlgorithm> algorithms) throws Unusable {
        List<JWK> keys = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        int number = 0;
        for (JsonNode entry : entries(bytes, from)) {
            number++;
            try {
                keys.add(KeyEntry.read(entry, algorithms));
            } catch (Unusable e) {
                ignored.add(KeyEntry.name(entry, number) + " " + e.why());
            }
        }
        KeySet read = new KeySet(new JWKSet(keys), List.copyOf(ignored));
        if (keys.isEmpty()) {
            throw new Unusable(from + " has no public key that checks signatures by one of"
                    + " gapless.gateway.access.jwt.algorithms" + (ignored.isEmpty() ? "" : ": " + read.whyIgnored()));
        }
        return read;
    }

    private static JsonNode entries(byte[] bytes, Object from) throws Unusable {
        try {
            JsonNode set = PayloadJson.read(bytes, 0, bytes.length);
            JsonNode entries = set == null ? null : set.get("keys"); // null: there is nothing
            if (entries != null && entries.isArray()) {
                return entries;
            }
            throw new Unusable(from + " is no JWK set: it is {\"keys\":[…]}");
        } catch (JsonProcessingException e) {
            throw new Unusable(from + " is no JWK set ({\"keys\":[…]}): it is no JSON: " + Reasons.ofJson(e), e);
        } catch (IOException e) {
            throw new Unusable(from + " cannot be read: " + e, e);
        }
    }

    /** Which are ignored, and why, some of them; empty if none is. */
    String whyIgnored() {
        String some = ignored.stream().limit(MOST_SHOWN).collect(Collectors.joining("; "));
        int more = ignored.size() - MOST_SHOWN;
        return more > 0 ? some + "; and " + more + " more" : some;
    }
}
