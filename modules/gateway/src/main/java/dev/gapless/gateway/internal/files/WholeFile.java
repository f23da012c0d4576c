package dev.gapless.gateway.internal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file whole. */
public final class WholeFile {
    private WholeFile() {}

    /**
     * All of it. Throws {@link Unusable} if it cannot be read.
     *
     * @param most so many bytes; a larger one is not read
     */
    public static byte[] read(Path file, int most) throws Unusable {
        try {
            if (Files.size(file) > most) {
                throw new Unusable(file + " has more than " + most + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Unusable(file + " cannot be read: " + e, e);
        }
    }
}
