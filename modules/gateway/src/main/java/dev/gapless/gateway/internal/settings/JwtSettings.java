package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code gapless.gateway.access.jwt}. Immutable.
 *
 * @param keys where the issuer's public keys are
 * @param algorithms by which JWTs may be signed
 * @param issuer who has to have made them
 * @param audience whom they have to be for
 * @param clockSkew so far clocks may be apart
 * @param permissionsClaim which claim has the permissions
 * @param scopes what OAuth scopes allow, each as in the file of tokens
 */
public record JwtSettings(
        Keys keys,
        List<String> algorithms,
        String issuer,
        String audience,
        Duration clockSkew,
        String permissionsClaim,
        Map<String, Object> scopes) {
    /** Where keys are. */
    public sealed interface Keys {}

    /** In a file. */
    public record InFile(Path file) implements Keys {}

    /**
     * Behind a URL.
     *
     * @param refresh after how long they are fetched again
     * @param retry how soon at the earliest, if that failed or a JWT names a key that is not among them
     * @param timeout how long fetching them may take
     * @param maxAge how long they count if they cannot be fetched again
     */
    public record AtUrl(URI url, Duration refresh, Duration retry, Duration timeout, Duration maxAge) implements Keys {
        /** For people: the URL without its query, which may be secret. */
        public String place() {
            return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
        }
    }

    /** Empty if no keys are named. Throws ConfigException. */
    static Optional<JwtSettings> of(Config config) {
        Keys keys = keys(config);
        List<String> algorithms = config.getStringList("access.jwt.algorithms");
        String issuer = config.getString("access.jwt.issuer");
        String audience = config.getString("access.jwt.audience");
        String claim = config.getString("access.jwt.permissions-claim");
        if (keys == null && (!issuer.isEmpty() || !audience.isEmpty())) {
            throw ConfigValues.refused(
                    config,
                    "access.jwt.jwks-file",
                    "issuer and audience are set, and without the issuer's keys no JWT counts: set jwks-file or jwks-url");
        }
        if (keys != null && (issuer.isEmpty() || audience.isEmpty())) {
            throw ConfigValues.refused(
                    config,
                    "access.jwt",
                    "issuer and audience are not empty: else JWTs that the issuer made for others would let in");
        }
        Duration clockSkew = ConfigValues.positive(config, "access.jwt.clock-skew");
        return Optional.ofNullable(keys)
                .map(its -> new JwtSettings(its, algorithms, issuer, audience, clockSkew, claim, scopes(config)));
    }

    private static @Nullable Keys keys(Config config) {
        Optional<Path> file = ConfigValues.path(config, "access.jwt.jwks-file");
        String url = config.getString("access.jwt.jwks-url");
        Duration refresh = ConfigValues.positive(config, "access.jwt.jwks-refresh");
        Duration retry = ConfigValues.positive(config, "access.jwt.jwks-retry");
        Duration timeout = ConfigValues.positive(config, "access.jwt.jwks-timeout");
        Duration maxAge = ConfigValues.positive(config, "access.jwt.jwks-max-age");
        if (url.isEmpty()) {
            return file.map(InFile::new).orElse(null);
        }
        if (file.isPresent()) {
            throw ConfigValues.refused(config, "access.jwt.jwks-url", "set it, or jwks-file, and not both");
        }
        if (maxAge.compareTo(refresh) < 0) {
            throw ConfigValues.refused(
                    config,
                    "access.jwt.jwks-max-age",
                    "it is no shorter than jwks-refresh: keys have to last until then");
        }
        return new AtUrl(checked(config, url), refresh, retry, timeout, maxAge);
    }

    /** Whoever can change the answer on its way makes JWTs that let in. */
    private static URI checked(Config config, String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw ConfigValues.refused(config, "access.jwt.jwks-url", "it is no URL"); // and may be secret
        }
        if (uri.getRawUserInfo() != null) {
            throw ConfigValues.refused(config, "access.jwt.jwks-url", "keys are public: it has no user and password");
        }
        boolean isSecure = "https".equals(uri.getScheme());
        if (uri.getHost() == null || (!isSecure && !"http".equals(uri.getScheme()))) {
            throw ConfigValues.refused(config, "access.jwt.jwks-url", "it is a URL as https://login.example.com/jwks");
        }
        if (!isSecure && !isLoopback(uri.getHost())) {
            throw ConfigValues.refused(
                    config, "access.jwt.jwks-url", "it begins with https: http is for a loopback address alone");
        }
        return uri;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Map<String, Object> scopes(Config config) {
        Map<String, Object> scopes = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> scope :
                config.getObject("access.jwt.scopes").entrySet()) {
            scopes.put(scope.getKey(), scope.getValue().unwrapped());
        }
        return scopes;
    }
}
