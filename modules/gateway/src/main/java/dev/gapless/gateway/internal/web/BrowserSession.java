package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Cookies;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** {@code /api/session}: a browser exchanges a token for a cookie that scripts cannot read, and that it sends by itself. */
final class BrowserSession {
    private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=";

    private BrowserSession() {}

    /** Throws {@link RequestException} if it shows no token. */
    static HttpAnswer begin(Access access, Caller caller, Request request) {
        if (!access.isOn()) {
            throw new RequestException(
                    Kind.REFUSED,
                    "There is no access control here, and no session is needed: see gapless.gateway.access");
        }
        if (!request.getHeaders().contains(HttpHeader.AUTHORIZATION)) {
            throw new RequestException(
                    Kind.UNAUTHENTICATED, "A session is for who shows a token: Authorization: Bearer …");
        }
        Cookies.Cookie cookie = access.cookie(caller.principal());
        long seconds = cookie.lifetime().toSeconds();
        ObjectNode answer = PayloadJson.JSON.createObjectNode().put("expires_in", seconds);
        return HttpAnswer.ok(answer).with("Set-Cookie", Cookies.NAME + "=" + cookie.value() + ATTRIBUTES + seconds);
    }

    /** The browser forgets it. */
    static HttpAnswer end() {
        return HttpAnswer.ok(PayloadJson.JSON.createObjectNode().put("expires_in", 0))
                .with("Set-Cookie", Cookies.NAME + "=" + ATTRIBUTES + 0);
    }
}
