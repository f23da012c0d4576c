package dev.gapless.multijvm.node;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A file of lines, each of which is with the operating system before {@link #line} returns: whoever is killed loses none
 * that was written. Thread-safe.
 */
public final class Journal {
    private final OutputStream out;

    public Journal(String directory, String name) {
        try {
            out = new FileOutputStream(Path.of(directory, name + ".journal").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void line(Object... words) {
        write(words(words));
    }

    /** A line that ends with the time, by a clock that all processes of this machine share and that never goes back. */
    public void timed(Object... words) {
        synchronized (this) {
            write(words(words) + " " + System.nanoTime());
        }
    }

    private static String words(Object... words) {
        return Arrays.stream(words).map(w -> w == null ? "-" : w.toString()).collect(Collectors.joining(" "));
    }

    private synchronized void write(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
