package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;

/** Who may come in: by the name under which it addresses the gateway, and by the page that it is of. Thread-safe. */
final class Door {
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+]");
    private static final Pattern SCHEME = Pattern.compile("^https?://");
    private static final Pattern LOCAL = Pattern.compile("http://(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");
    private static final String ANY = "*";

    private final GatewaySettings settings;
    private final boolean isBehindProxies;

    Door(GatewaySettings settings) {
        this.settings = settings;
        this.isBehindProxies = settings.isBehindProxies();
    }

    /** Throws {@link RequestException} for a host that is not the gateway's: a page may have pointed a name of its own here. */
    void checkHost(Request request) {
        String authority = authority(request);
        if (authority == null) {
            return; // of HTTP/1.0, which no browser speaks
        }
        String host;
        try {
            host = new HostPort(authority).getHost();
        } catch (IllegalArgumentException e) {
            throw new RequestException(Kind.MISDIRECTED_HOST, "This is no host: " + authority, e);
        }
        String name = host == null ? "" : host.toLowerCase(Locale.ROOT);
        if (!name.equals("localhost")
                && !ADDRESS.matcher(name).matches()
                && !name.equals(settings.host)
                && !settings.allowedHosts.contains(name)) {
            throw new RequestException(
                    Kind.MISDIRECTED_HOST,
                    "The gateway is not addressed as " + name + "; gapless.gateway.allowed-hosts names others");
        }
    }

    /** As whom the request addresses the gateway; HTTP/2 has a header of its own for that. */
    private static @Nullable String authority(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        return host == null ? request.getHttpURI().getAuthority() : host;
    }

    /** Throws {@link RequestException} for one that has not come through a proxy that looks after TLS and access. */
    void checkProxy(Request request) {
        if (isBehindProxies && !settings.trustedProxies.has(Request.getRemoteAddr(request))) {
            throw new RequestException(
                    Kind.FORBIDDEN_ADDRESS,
                    "The gateway is for the proxies of gapless.gateway.trusted-proxies alone: it has no TLS or no access"
                            + " control of its own");
        }
    }

    /** Throws {@link RequestException} for a page that is neither the gateway's own nor of {@code allowed-origins}. */
    void checkOrigin(Request request) {
        String origin = origin(request);
        if (origin == null && isOfOtherSite(request) && !isAllowed(ANY)) {
            throw new RequestException(
                    Kind.FORBIDDEN_ORIGIN,
                    "A page of another site asks for this without saying which (Sec-Fetch-Site): it may not. A page that"
                            + " gapless.gateway.allowed-origins names uses EventSource, or fetch with mode cors");
        }
        if (origin != null && !isOwn(origin, request) && !isAllowed(origin)) {
            throw new RequestException(
                    Kind.FORBIDDEN_ORIGIN,
                    "Pages of " + origin
                            + " may not use the gateway; gapless.gateway.allowed-origins names those that may");
        }
    }

    /** Throws {@link RequestException} for a page that may not use what the browser sends by itself: it is of another site, and "*" is what allows it. */
    void checkCredentials(Request request) {
        String origin = origin(request);
        boolean isTrusted = origin == null
                ? !isOfOtherSite(request)
                : isNamed(origin) || (isOwn(origin, request) && isSecure(origin));
        if (!isTrusted) {
            throw new RequestException(
                    Kind.FORBIDDEN_ORIGIN,
                    "A page of another site, or one that came without TLS, may not use the session's cookie, unless"
                            + " gapless.gateway.allowed-origins names it: \"*\" does not");
        }
    }

    /** May a page of this origin use what the browser sends by itself? */
    boolean isNamed(String origin) {
        return settings.allowedOrigins.contains(origin);
    }

    /** The origin that the browser is to be told is allowed; null if there is none to be told. */
    @Nullable String allowedOrigin(Request request) {
        String origin = origin(request);
        return origin != null && !isOwn(origin, request) && isAllowed(origin) ? origin : null;
    }

    /** Browsers say so of requests that have no origin, too: of an image, of a fetch without CORS, of a link. */
    private static boolean isOfOtherSite(Request request) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    private static @Nullable String origin(Request request) {
        return request.getHeaders().get(HttpHeader.ORIGIN);
    }

    private static boolean isOwn(String origin, Request request) {
        String page = SCHEME.matcher(origin).replaceFirst("");
        return !page.equals(origin) && page.equalsIgnoreCase(authority(request));
    }

    /** Can nobody on the network have written such a page? Browsers that take its cookie say so of these, too. */
    private static boolean isSecure(String origin) {
        return origin.startsWith("https://") || LOCAL.matcher(origin).matches();
    }

    private boolean isAllowed(String origin) {
        return isNamed(origin) || isNamed(ANY);
    }
}
