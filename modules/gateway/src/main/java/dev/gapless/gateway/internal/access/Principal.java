package dev.gapless.gateway.internal.access;

/**
 * Who a client is, and what it may.
 *
 * @param subject names it
 * @param credential tells its credentials apart, and is none itself: a token's digest, a certificate's name, a JWT's {@code jti}
 * @param expiresMs when it counts no more, in milliseconds since 1970; {@code Long.MAX_VALUE} for never
 * @param source what says so
 */
public record Principal(String subject, String credential, Permissions permissions, long expiresMs, Source source) {
    /** What says who a client is. */
    enum Source {
        /** Nothing: it has shown no credential. */
        NONE,
        TOKENS_FILE,
        JWT
    }

    /** Where there is no access control: whoever reaches the gateway may everything. */
    static final Principal ANYBODY = new Principal("", "", Permissions.ALL, Long.MAX_VALUE, Source.NONE);

    static Principal anonymous(Permissions permissions) {
        return new Principal("anonymous", "", permissions, Long.MAX_VALUE, Source.NONE);
    }

    /** The same, for no longer. */
    Principal until(long mostMs) {
        return mostMs >= expiresMs ? this : new Principal(subject, credential, permissions, mostMs, source);
    }

    boolean hasExpired() {
        return expiresInMs() <= 0;
    }

    /** How long it counts yet. */
    public long expiresInMs() {
        return Math.max(0, expiresMs - System.currentTimeMillis());
    }

    /** Has it shown no credential? */
    public boolean isAnonymous() {
        return source == Source.NONE;
    }
}
