package dev.gapless.gateway.internal.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two files that are read again: an empty one cannot be used. */
class ReadAgainTest {
    @TempDir
    private Path directory;

    private Path one;
    private Path other;
    private ReadAgain<String> files;

    @BeforeEach
    void read() throws IOException {
        one = Files.writeString(directory.resolve("one"), "a");
        other = Files.writeString(directory.resolve("other"), "x");
        files = new ReadAgain<>("gapless.some-file", List.of(one, other), () -> text(one) + text(other));
    }

    private static String text(Path file) throws Unusable {
        byte[] bytes = WholeFile.read(file, 10);
        if (bytes.length == 0) {
            throw new Unusable(file + " is empty");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void aChangeThatKeepsSizeTimeAndFileIsRead() throws IOException {
        for (Path file : List.of(one, other)) {
            BasicFileAttributes before = Files.readAttributes(file, BasicFileAttributes.class);
            Files.writeString(file, "b");
            Files.setLastModifiedTime(file, before.lastModifiedTime());
            BasicFileAttributes after = Files.readAttributes(file, BasicFileAttributes.class);
            assertEquals(before.lastModifiedTime(), after.lastModifiedTime());
            assertEquals(before.size(), after.size());
            assertEquals(before.fileKey(), after.fileKey());
            assertTrue(files.look());
        }
        assertEquals("bb", files.now());
    }

    @Test
    void whatHasNotChangedIsNotReadAgain() throws IOException {
        Files.setLastModifiedTime(one, FileTime.fromMillis(1));
        assertFalse(files.look());
    }

    @Test
    void whatCannotBeUsedChangesNothingUntilItCanAgain() throws IOException {
        for (String broken : List.of("", "more than ten bytes")) {
            Files.writeString(one, broken);
            assertFalse(files.look());
            assertEquals("ax", files.now());
        }
        Files.delete(one);
        assertFalse(files.look());
        assertEquals("ax", files.now());
        Files.writeString(one, "c");
        assertTrue(files.look());
        assertEquals("cx", files.now());
        assertFalse(files.look());
    }

    @Test
    void aFileIsDigestedUpToItsBound() throws IOException {
        byte[] large = new byte[WholeFile.MOST_BYTES + 2];
        Files.write(one, large);
        String digest = WholeFile.digest(one);
        large[large.length - 1] = 1; // nobody reads that
        Files.write(one, large);
        assertEquals(digest, WholeFile.digest(one));
        large[WholeFile.MOST_BYTES - 1] = 1;
        Files.write(one, large);
        assertFalse(digest.equals(WholeFile.digest(one)));
    }
}
