package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.site.StaticFile;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers a GET or HEAD with a file. A browser asks each time whether it has changed, and runs nothing in the gateway's pages that is none of its files. */
final class FileAnswer {
    private FileAnswer() {}

    /** Sends it, or that the browser has it already, and completes the request. */
    static void send(StaticFile file, Request request, Response response, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        headers.put(HttpHeader.ETAG, file.tag());
        headers.put("Content-Security-Policy", "default-src 'self'");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        String known = request.getHeaders().get(HttpHeader.IF_NONE_MATCH);
        if (known != null && file.isIn(known)) {
            response.setStatus(304);
            callback.succeeded();
            return;
        }
        response.setStatus(200);
        headers.put(HttpHeader.CONTENT_TYPE, file.type());
        headers.put(HttpHeader.CONTENT_LENGTH, file.bytes().length);
        response.write(true, ByteBuffer.wrap(file.bytes()), callback);
    }
}
