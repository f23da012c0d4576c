package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of an embedded database, while the database is open. */
class EmbeddedFileTest {
    @TempDir
    Path below;

    @Test
    @DisplayName("nothing is confirmed while the file is not the one that was opened, and people are told why")
    void isTheOneThatWasOpened() throws IOException {
        Path directory = Files.createDirectory(below.resolve("n"));
        Path path = Files.writeString(directory.resolve("gapless.mv.db"), "rows");
        assumeTrue(Files.readAttributes(path, BasicFileAttributes.class).fileKey() != null);
        EmbeddedFile file = new EmbeddedFile(path, "The store");
        assertNull(file.problem(), "not open yet");
        file.opened();
        assertNull(file.problem());

        Path aside = Files.move(path, below.resolve("aside"));
        says(file, "gapless.mv.db was removed");
        Files.writeString(path, "other rows");
        file.opened(); // by another connection: the first time counts
        says(file, "another file was put in the place of gapless.mv.db");
        Files.move(aside, path, StandardCopyOption.REPLACE_EXISTING);
        assertNull(file.problem());

        Files.delete(path);
        Files.delete(directory);
        Files.writeString(directory, "no directory");
        says(file, directory.toString());
    }

    private static void says(EmbeddedFile file, String what) {
        String problem = String.valueOf(file.problem());
        assertTrue(problem.startsWith("The store: ") && problem.contains(what), problem);
    }
}
