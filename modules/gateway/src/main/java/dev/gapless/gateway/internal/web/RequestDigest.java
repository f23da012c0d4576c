package dev.gapless.gateway.internal.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tells a request from another one: by its query, and by the parts of its body that were dealt with. One thread at a time.
 */
final class RequestDigest {
    private final MessageDigest digest;
    private long parts;
    private boolean whole;

    RequestDigest(String query) {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("each Java platform has it", e);
        }
        digest.update(query.getBytes(StandardCharsets.UTF_8));
    }

    /** The next part of the body. */
    void add(byte[] bytes, int from, int length) {
        digest.update((byte) '\n');
        digest.update(bytes, from, length);
        parts++;
    }

    /** There was no part behind these. */
    void end() {
        whole = true;
    }

    /** Has the first request been dealt with up to here, so that parts behind it say nothing? */
    boolean covers(RequestDigest first) {
        return !first.whole && parts >= first.parts;
    }

    /** Is it of the same query, and of the same parts as far as the first one was dealt with? */
    boolean isLike(RequestDigest first) {
        return parts == first.parts && MessageDigest.isEqual(copy(digest), copy(first.digest));
    }

    boolean isEmpty() {
        return parts == 0;
    }

    private static byte[] copy(MessageDigest digest) {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("that of the platform can be copied", e);
        }
    }
}
