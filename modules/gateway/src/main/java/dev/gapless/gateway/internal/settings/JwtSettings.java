package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code gapless.gateway.access.jwt}. Immutable.
 *
 * @param jwksFile with the public keys of the issuer
 * @param algorithms by which JWTs may be signed
 * @param issuer who has to have made them
 * @param audience whom they have to be for
 * @param clockSkew so far clocks may be apart
 * @param permissionsClaim which claim has the permissions
 */
public record JwtSettings(
        Path jwksFile,
        List<String> algorithms,
        String issuer,
        String audience,
        Duration clockSkew,
        String permissionsClaim) {

    /** Empty if there is no file of keys. Throws ConfigException. */
    static Optional<JwtSettings> of(Config config, Duration clockSkew) {
        Optional<Path> file = ConfigValues.path(config, "access.jwt.jwks-file");
        List<String> algorithms = config.getStringList("access.jwt.algorithms");
        String issuer = config.getString("access.jwt.issuer");
        String audience = config.getString("access.jwt.audience");
        String claim = config.getString("access.jwt.permissions-claim");
        if (file.isEmpty() && (!issuer.isEmpty() || !audience.isEmpty())) {
            throw ConfigValues.refused(
                    config,
                    "access.jwt.jwks-file",
                    "issuer and audience are set, and without the issuer's keys no JWT counts");
        }
        if (file.isPresent() && (issuer.isEmpty() || audience.isEmpty())) {
            throw ConfigValues.refused(
                    config,
                    "access.jwt",
                    "issuer and audience are not empty: else JWTs that the issuer made for others would let in");
        }
        return file.map(keys -> new JwtSettings(keys, algorithms, issuer, audience, clockSkew, claim));
    }
}
