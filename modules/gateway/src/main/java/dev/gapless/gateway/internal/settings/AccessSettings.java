package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code gapless.gateway.access}. Immutable.
 *
 * @param tokensFile empty: there is none
 * @param deniedSubjects a file; empty: there is none
 * @param jwt empty: there are none
 * @param anonymous the permissions of who shows no credential
 * @param sessions cookies of browsers
 * @param authTimeout so long a WebSocket may take to say who it is
 * @param expiryNotice so long before its credential expires a WebSocket is told
 * @param limits of each subject
 * @param stampSubject does each message that a client publishes say in a header whose it is?
 * @param auditPerSecond so many lines of the audit are written at most
 */
public record AccessSettings(
        Optional<Path> tokensFile,
        Optional<Path> deniedSubjects,
        Optional<JwtSettings> jwt,
        Anonymous anonymous,
        Sessions sessions,
        Duration authTimeout,
        Duration expiryNotice,
        Limits limits,
        boolean stampSubject,
        int auditPerSecond) {

    private static final int MOST = 10_000_000;

    /** Names, and beginnings that end with an asterisk. */
    public record Anonymous(
            List<String> subscribe, List<String> publish, List<String> create, List<String> keys, boolean status) {
        private boolean isSet() {
            return status || !subscribe.isEmpty() || !publish.isEmpty() || !create.isEmpty();
        }
    }

    /**
     * Cookies of browsers.
     *
     * @param keys that encrypt them, in base64; the first one encrypts. Empty: the gateway makes one
     * @param lifetime the longest of one
     */
    public record Sessions(List<String> keys, Duration lifetime) {}

    /** How much each subject may do; 0 for as much as it likes. */
    public record Limits(int clients, int subscriptions, int messagesPerSecond, int bytesPerSecond) {}

    /** Is there access control? */
    public boolean isOn() {
        return tokensFile.isPresent() || jwt.isPresent();
    }

    /** Throws ConfigException. */
    static AccessSettings of(Config config) {
        Config may = config.getConfig("access.anonymous");
        Anonymous anonymous = new Anonymous(
                may.getStringList("subscribe"),
                may.getStringList("publish"),
                may.getStringList("create"),
                may.getStringList("keys"),
                may.getBoolean("status"));
        AccessSettings settings = new AccessSettings(
                ConfigValues.path(config, "access.tokens-file"),
                ConfigValues.path(config, "access.denied-subjects"),
                JwtSettings.of(config),
                anonymous,
                new Sessions(
                        config.getStringList("access.session-keys"),
                        ConfigValues.positive(config, "access.session-lifetime")),
                ConfigValues.positive(config, "access.auth-timeout"),
                ConfigValues.positive(config, "access.expiry-notice"),
                new Limits(
                        ConfigValues.within(config, "access.limits.clients", 0, MOST),
                        ConfigValues.within(config, "access.limits.subscriptions", 0, MOST),
                        ConfigValues.within(config, "access.limits.messages-per-second", 0, MOST),
                        ConfigValues.bytes(config, "access.limits.bytes-per-second", 0)),
                config.getBoolean("access.stamp-subject"),
                ConfigValues.within(config, "access.audit-per-second", 0, 1_000_000));
        if (anonymous.isSet() && !settings.isOn()) {
            throw ConfigValues.refused(
                    config,
                    "access.anonymous",
                    "there is no access control without tokens-file, jwt.jwks-file or jwt.jwks-url, and everybody may everything");
        }
        return settings;
    }
}
