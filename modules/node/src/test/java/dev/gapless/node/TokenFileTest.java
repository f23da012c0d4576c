package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("token");
    }

    private static CursorToken token(long sequence) {
        return new CursorToken("t", "gapless", sequence, Map.of("n1", new Position(new Epoch(1), sequence)));
    }

    @Test
    void hasNoTokenBeforeTheFirstRun() {
        assertNull(new TokenFile(file).read());
    }

    @Test
    void readsWhatTheLastRunWrote() {
        TokenFile first = new TokenFile(file);
        first.write(token(1));
        first.write(token(2));
        assertEquals(token(2), new TokenFile(file).read());
    }

    @Test
    void aLinkStaysALinkAlsoOneThatNamesNothingYet() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real")).resolve("of-another-name");
        Files.createSymbolicLink(file, directory.relativize(real));
        for (long sequence = 1; sequence <= 2; sequence++) {
            new TokenFile(file).write(token(sequence));
            assertTrue(Files.isSymbolicLink(file));
            assertEquals(token(sequence), new TokenFile(real).read());
        }
    }

    @Test
    void aDirectoryThatIsMissingIsFoundAtOnce() {
        Failure failure = assertThrows(
                Failure.class, () -> new TokenFile(directory.resolve("missing").resolve("token")).read());
        assertTrue(failure.getMessage().contains("there is no directory"), failure::getMessage);
    }

    @Test
    void leavesNothingElseBehind() throws IOException {
        new TokenFile(file).write(token(1));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aWriteThatWasCutShortLeavesTheOldToken() throws IOException {
        new TokenFile(file).write(token(1));
        Files.writeString(directory.resolve("token.next"), token(2).toString().substring(0, 10));
        TokenFile next = new TokenFile(file);
        assertEquals(token(1), next.read());
        next.write(token(3));
        assertEquals(token(3), new TokenFile(file).read());
    }

    @Test
    void doesNotWriteTheSamePositionsAgain() throws IOException {
        TokenFile tokens = new TokenFile(file);
        tokens.write(token(1));
        Files.delete(file);
        tokens.write(token(1));
        assertTrue(Files.notExists(file));
    }

    @Test
    void namesTheFileThatHoldsNoToken() throws IOException {
        Files.writeString(file, "nonsense");
        Failure failure = assertThrows(Failure.class, () -> new TokenFile(file).read());
        assertTrue(failure.getMessage().contains(file.toString()), failure::getMessage);
    }
}
