package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What a request is answered with. */
record Answer(int status, String contentType, ObjectNode body, Map<String, String> headers) {
    static Answer ok(ObjectNode body) {
        return new Answer(200, "application/json", body, Map.of());
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
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.forEach((name, value) -> response.getHeaders().put(name, value));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        response.write(true, ByteBuffer.wrap(bytes), callback);
    }
}
