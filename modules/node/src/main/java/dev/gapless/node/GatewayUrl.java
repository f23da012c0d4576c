package dev.gapless.node;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a gateway is found.
 *
 * @param base {@code http} or {@code https}, a host, and perhaps a path, without a slash at its end
 */
record GatewayUrl(String base) {

    /** Throws IllegalArgumentException that says what is wrong. */
    static GatewayUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is no URL: " + e.getReason(), e);
        }
        String scheme = uri.getScheme();
        if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not the URL of a gateway, such as http://127.0.0.1:25581");
        }
        if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
            throw new IllegalArgumentException("'" + text + "' names no host, or no port from 1 to 65535");
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + text + "' has more than scheme, host, port and path");
        }
        return new GatewayUrl(text.replaceFirst("/+$", ""));
    }

    /** A resource of the gateway; its path and query are encoded already. */
    URI at(String pathAndQuery) {
        return URI.create(base + pathAndQuery);
    }

    /** A text, as a segment of a path or a value of a query has it. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return base;
    }

    static final class Converter implements ITypeConverter<GatewayUrl> {
        @Override
        public GatewayUrl convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
