package dev.gapless.node;

import dev.gapless.core.CursorToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Keeps a cursor token over runs. A write replaces the file as a whole, or not at all. */
final class TokenFile {
    /** Of an older one the members may not remember any more who ended since. */
    private static final long MAX_AGE_MS = Duration.ofMinutes(5).toMillis();

    private static final int MOST_LINKS = 40;

    private final Path file;
    private @Nullable CursorToken written;

    TokenFile(Path file) {
        this.file = target(file.toAbsolutePath());
    }

    /** What a link names is replaced, and the link stays. */
    private static Path target(Path file) {
        Path target = file;
        for (int i = 0; i < MOST_LINKS && Files.isSymbolicLink(target); i++) {
            try {
                target = target.resolveSibling(Files.readSymbolicLink(target));
            } catch (IOException e) {
                throw new Failure("--token-file " + file + ": " + Failure.reason(e), e);
            }
        }
        return target;
    }

    /**
     * The token of the last run, or null if there is no such file yet.
     *
     * @throws Failure also if the file could not be written
     */
    @Nullable CursorToken read() {
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new Failure("--token-file " + file + ": there is no directory " + directory);
        } else if (!Files.isWritable(directory)) {
            throw new Failure("--token-file " + file + ": the directory cannot be written");
        } else if (!Files.exists(file)) {
            return null;
        }
        try {
            CursorToken token = CursorToken.parse(Files.readString(file).strip());
            written = token;
            return token;
        } catch (IOException | IllegalArgumentException e) {
            throw new Failure("--token-file " + file + ": " + Failure.reason(e), e);
        }
    }

    void write(CursorToken token) {
        if (written != null
                && written.placeHash() == token.placeHash()
                && token.timeMs() - written.timeMs() < MAX_AGE_MS) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = token;
        } catch (IOException e) {
            throw new Failure("--token-file " + file + ": cannot write: " + Failure.reason(e), e);
        }
    }
}
