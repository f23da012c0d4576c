package dev.gapless.gateway.internal.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Files of the jar, each at a path of its own; there is nothing at any other path. They are read once, and kept. A browser asks each time
 * whether they have changed, and runs nothing in their pages that is not one of them. Thread-safe.
 */
public final class StaticFiles {
    private static final String DIRECTORY = "/dev/gapless/gateway/site/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "txt", "text/plain; charset=utf-8");

    private final Map<String, StaticFile> files = new HashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record StaticFile(String type, byte[] bytes, String tag) {}

    private StaticFiles() {}

    /**
     * Those of the directory {@code site} in the jar with these names, such as {@code client.js}, which is at {@code /client.js} then. Throws
     * IllegalStateException for one that is not there.
     */
    public static StaticFiles named(Set<String> names) {
        StaticFiles files = new StaticFiles();
        names.forEach(name -> files.add("/" + name, name));
        return files;
    }

    /** Serves the file of this name at this path, too: {@code index.html} at {@code /}, say. {@return this} */
    public StaticFiles add(String path, String name) {
        byte[] bytes = read(name);
        files.put(path, new StaticFile(type(name), bytes, '"' + digest(bytes) + '"'));
        return this;
    }

    private static String type(String name) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalStateException("What type has " + name + "?");
        }
        return type;
    }

    private static byte[] read(String name) {
        try (InputStream in = StaticFiles.class.getResourceAsStream(DIRECTORY + name)) {
            if (in == null) {
                throw new IllegalStateException("The gateway's jar lacks " + DIRECTORY + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(Arrays.copyOf(all, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java has no SHA-256", e);
        }
    }

    /** Is one at this path? */
    public boolean has(String path) {
        return files.containsKey(path);
    }

    /** Answers a GET or HEAD with the one at this path, or that the browser has it already, and completes the request. */
    public void send(String path, Request request, Response response, Callback callback) {
        StaticFile file = files.get(path);
        if (file == null) {
            throw new IllegalArgumentException("There is nothing at " + path);
        }
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        headers.put(HttpHeader.ETAG, file.tag());
        headers.put("Content-Security-Policy", "default-src 'self'");
        headers.put("X-Content-Type-Options", "nosniff");
        String known = request.getHeaders().get(HttpHeader.IF_NONE_MATCH);
        if (known != null && known.contains(file.tag())) {
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
