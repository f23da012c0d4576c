package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Cookies;
import dev.gapless.gateway.internal.access.Shown;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.TrustedProxies;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint.SslSessionData;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Who sends a request. Thread-safe. */
final class HttpCallers {
    private final Access access;
    private final Door door;
    private final TrustedProxies proxies;

    HttpCallers(Access access, Door door, TrustedProxies proxies) {
        this.access = access;
        this.door = door;
        this.proxies = proxies;
    }

    private String address(Request request) {
        return proxies.client(
                Request.getRemoteAddr(request),
                request.getHeaders().getValuesList("Forwarded"),
                request.getHeaders().getValuesList("X-Forwarded-For"));
    }

    /** It fails with {@link RequestException} for what is no valid credential. */
    CompletionStage<Caller> of(Request request) {
        String address = address(request);
        if (!access.isOn()) {
            return CompletableFuture.completedFuture(Caller.anybody(address));
        }
        try {
            return access.principal(shown(request)).thenApply(principal -> {
                Watched socket = Watched.of(request);
                if (socket != null && !access.isUnknown(principal)) {
                    socket.speaks();
                }
                return new Caller(address, principal);
            });
        } catch (RequestException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Of whom no more is known. */
    Caller unknown(Request request) {
        return new Caller(address(request), access.anonymous());
    }

    private Shown shown(Request request) {
        List<String> headers = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (headers.size() > 1) {
            throw new RequestException(
                    Kind.UNAUTHENTICATED, "Authorization is there " + headers.size() + " times: send one");
        }
        String header = headers.isEmpty() ? null : headers.get(0);
        return new Shown(header, header == null ? cookie(request) : null, certificate(request));
    }

    /** Browsers send it by themselves: also for pages that are not trusted with it. */
    private @Nullable String cookie(Request request) {
        List<String> cookies = Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(Cookies.NAME))
                .map(HttpCookie::getValue)
                .toList();
        if (cookies.isEmpty()) {
            checkNone(request);
            return null;
        }
        door.checkCredentials(request);
        if (cookies.size() > 1) {
            throw new RequestException(
                    Kind.UNAUTHENTICATED, "The cookie " + Cookies.NAME + " is there " + cookies.size() + " times");
        }
        return cookies.get(0);
    }

    /** One that the web server passes over, since it cannot be read, does not count as none. */
    private static void checkNone(Request request) {
        boolean isThere = request.getHeaders().getValuesList(HttpHeader.COOKIE).stream()
                .anyMatch(header -> header.contains(Cookies.NAME));
        if (isThere) {
            throw new RequestException(
                    Kind.UNAUTHENTICATED,
                    "The cookie " + Cookies.NAME
                            + " is in a Cookie header that cannot be read: remove it, or its neighbours");
        }
    }

    private static @Nullable X509Certificate certificate(Request request) {
        return request.getAttribute(SslSessionData.ATTRIBUTE) instanceof SslSessionData session
                        && session.peerCertificates() != null
                        && session.peerCertificates().length > 0
                ? session.peerCertificates()[0]
                : null;
    }
}
