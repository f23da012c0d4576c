package dev.gapless.gateway.internal.access;

/**
 * Who a client is, and what it may.
 *
 * @param subject names it
 * @param credential tells its credentials apart, and is none: a token's digest
 * @param expiresMs when it counts no more, in milliseconds since 1970; {@code Long.MAX_VALUE} for never
 * @param isAnonymous has it shown no credential?
 */
public record Principal(
        String subject, String credential, Permissions permissions, long expiresMs, boolean isAnonymous) {
    /** Where there is no access control: whoever reaches the gateway may everything. */
    static final Principal ANYBODY = new Principal("", "", Permissions.ALL, Long.MAX_VALUE, true);

    static Principal anonymous(Permissions permissions) {
        return new Principal("anonymous", "", permissions, Long.MAX_VALUE, true);
    }
}
