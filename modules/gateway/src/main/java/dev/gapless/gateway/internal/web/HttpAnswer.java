package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.RequestException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What a request is answered with. */
record HttpAnswer(int status, String contentType, ObjectNode body, Map<String, String> headers) {
    static HttpAnswer ok(ObjectNode body) {
        return new HttpAnswer(200, "application/json", body, Map.of());
    }

    /** Is it a problem of this kind? */
    boolean is(RequestException.Kind kind) {
        return body.path("type").asText().equals("urn:gapless:" + kind.code());
    }

    /** The same, with another header. */
    HttpAnswer with(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new HttpAnswer(status, contentType, body, more);
    }

    /** Sends it, and completes the request. */
    void send(Response response, Callback callback) {
        text(response, status, contentType, body.toString(), headers, callback);
    }

    static void text(
            Response response,
            int status,
            String contentType,
            String text,
            Map<String, String> headers,
            Callback callback) {
        response.setStatus(status);
        if (status >= 400) {
            lastOfItsConnection(response);
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.forEach((name, value) -> response.getHeaders().put(name, value));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        response.write(true, ByteBuffer.wrap(bytes), callback);
    }

    /** The rest of a body that is refused is not read: the connection ends, and the client must not use it for its next request. */
    private static void lastOfItsConnection(Response response) {
        Request request = response.getRequest();
        boolean reusable =
                request.getConnectionMetaData().getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion();
        if (request.getMethod().equals("POST") && !reusable) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
    }
}
