package dev.gapless.gateway.internal.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files of the jar, each at a path of its own; there is nothing at any other path. They are read once, and kept. Thread-safe once all are added. */
public final class StaticFiles {
    private static final String DIRECTORY = "/dev/gapless/gateway/site/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "txt", "text/plain; charset=utf-8");

    private final Map<String, StaticFile> files = new HashMap<>();

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

    /** The one at this path; null if there is none. */
    public @Nullable StaticFile at(String path) {
        return files.get(path);
    }
}
