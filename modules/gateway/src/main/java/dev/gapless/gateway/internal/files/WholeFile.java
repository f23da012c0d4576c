package dev.gapless.gateway.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Reads a file whole. */
public final class WholeFile {
    /** No file that is read again has more. */
    public static final int MOST_BYTES = 16 << 20;

    private WholeFile() {}

    /** Tells whether it has what it had: the digest of its first {@link #MOST_BYTES}, and one more; why it cannot be read, if it cannot. */
    static String digest(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] all = in.readNBytes(MOST_BYTES + 1);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
        } catch (IOException e) {
            return e.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Each Java has SHA-256", e);
        }
    }

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
