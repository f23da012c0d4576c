package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
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
        String file = config.getString("access.tokens-file");
        Config may = config.getConfig("access.anonymous");
        Anonymous anonymous = new Anonymous(
                may.getStringList("subscribe"),
                may.getStringList("publish"),
                may.getStringList("create"),
                may.getStringList("keys"),
                may.getBoolean("status"));
        if (anonymous.isSet() && file.isEmpty() && jwt.isEmpty()) {
            throw new ConfigException.BadValue(
                    config.getValue("access.anonymous").origin(),
                    "gapless.gateway.access.anonymous",
                    "there is no access control without tokens-file or jwt.jwks-file, and everybody may everything");
        }
        try {
            return new AccessSettings(
                    file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file)), jwt, anonymous, authTimeout);
        } catch (IllegalArgumentException e) {
            throw new ConfigException.BadValue(
                    config.getValue("access.tokens-file").origin(),
                    "gapless.gateway.access.tokens-file",
                    "it is no path: " + file,
                    e);
        }
    }
}
