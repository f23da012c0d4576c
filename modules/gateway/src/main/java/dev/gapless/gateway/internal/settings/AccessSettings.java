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
 * @param jwt empty: there are none
 * @param anonymous the permissions of who shows no credential
 * @param authTimeout so long a WebSocket may take to say who it is
 */
public record AccessSettings(
        Optional<Path> tokensFile, Optional<JwtSettings> jwt, Anonymous anonymous, Duration authTimeout) {

    /** Names, and beginnings that end with an asterisk. */
    public record Anonymous(
            List<String> subscribe, List<String> publish, List<String> create, List<String> keys, boolean status) {
        private boolean isSet() {
            return status || !subscribe.isEmpty() || !publish.isEmpty() || !create.isEmpty();
        }
    }

    /** Is there access control? */
    public boolean isOn() {
        return tokensFile.isPresent() || jwt.isPresent();
    }

    static AccessSettings of(Config config, Optional<JwtSettings> jwt, Duration authTimeout) {
        Optional<Path> file = ConfigValues.path(config, "access.tokens-file");
        Config may = config.getConfig("access.anonymous");
        Anonymous anonymous = new Anonymous(
                may.getStringList("subscribe"),
                may.getStringList("publish"),
                may.getStringList("create"),
                may.getStringList("keys"),
                may.getBoolean("status"));
        if (anonymous.isSet() && file.isEmpty() && jwt.isEmpty()) {
            throw ConfigValues.refused(
                    config,
                    "access.anonymous",
                    "there is no access control without tokens-file or jwt.jwks-file, and everybody may everything");
        }
        return new AccessSettings(file, jwt, anonymous, authTimeout);
    }
}
