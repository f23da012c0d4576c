package dev.gapless.gateway.internal.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code gapless.gateway.access}. Immutable.
 *
 * @param tokensFile empty: there is none
 * @param jwt empty: there are none
 * @param anonymous the permissions of who shows no credential, as JSON
 * @param authTimeout so long a WebSocket may take to say who it is
 */
public record AccessSettings(
        Optional<Path> tokensFile, Optional<JwtSettings> jwt, JsonNode anonymous, Duration authTimeout) {
    private static final List<String> LISTS = List.of("subscribe", "publish", "create", "keys");

    /** Is there access control? */
    public boolean isOn() {
        return tokensFile.isPresent() || jwt.isPresent();
    }

    static AccessSettings of(Config config, Optional<JwtSettings> jwt, Duration authTimeout) {
        String file = config.getString("access.tokens-file");
        Config may = config.getConfig("access.anonymous");
        ObjectNode anonymous = PayloadJson.JSON.createObjectNode();
        for (String what : LISTS) {
            may.getStringList(what).forEach(anonymous.putArray(what)::add);
        }
        anonymous.put("status", may.getBoolean("status"));
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
