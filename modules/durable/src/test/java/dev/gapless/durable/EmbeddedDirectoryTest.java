package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDirectoryTest {
    @TempDir
    Path below;

    private EmbeddedDirectory of(String nodeName) {
        return EmbeddedDirectory.of("", nodeName, below);
    }

    @Test
    void eachNodeHasItsOwnBelowTheSameOne() {
        Set<Path> all = new HashSet<>();
        List<String> names =
                List.of("prices-1", "10.0.0.1:25520", "a/b", "a%2Fb", "..", ".", "a;b", "a*b", "\u00e4", "a b");
        for (String name : names) {
            Path path = of(name).path();
            assertEquals(below, path.getParent(), name);
            assertTrue(path.getFileName().toString().matches("[\\w%+-][\\w%+.-]*"), path::toString);
            all.add(path);
        }
        assertEquals(names.size(), all.size());
        assertEquals(below.resolve("prices-1"), of("prices-1").path());
        Path set = below.resolve("elsewhere");
        assertEquals(
                set, EmbeddedDirectory.of(set.toString(), "prices-1", below).path());
    }

    @Test
    void onlyItsOwnerMayLookIntoOneThatIsMade() throws IOException {
        assumeTrue(below.getFileSystem().supportedFileAttributeViews().contains("posix"));
        EmbeddedDirectory directory =
                EmbeddedDirectory.of(below.resolve("a").resolve("b").toString(), "n", below);
        directory.prepare();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())));
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-x---"));
        directory.prepare();
        assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())));
    }

    @Test
    void aStoreInThePlaceOfBeforeIsNamedAndNotReplaced() throws IOException {
        Path old = Files.writeString(below.resolve("gapless.mv.db"), "a store");
        EmbeddedDirectory directory = of("n");
        for (IOException refused : List.of(
                assertThrows(IOException.class, directory::prepare),
                assertThrows(IOException.class, directory::check))) {
            assertTrue(refused.getMessage().contains(directory.path().toString()), refused::getMessage);
            assertTrue(refused.getMessage().contains(" " + below + ","), refused::getMessage);
        }
        assertFalse(Files.exists(directory.path()));
        EmbeddedDirectory.of(below.toString(), "n", below).prepare(); // it is set
        Files.createDirectory(directory.path());
        Files.move(old, directory.file());
        directory.prepare();
    }

    @Test
    void soIsOneInADirectoryWhoseNameWasNotEscaped() throws IOException {
        Path old = Files.createDirectory(below.resolve("10.0.0.1:25520"));
        Files.writeString(old.resolve("gapless.mv.db"), "a store");
        EmbeddedDirectory directory = of("10.0.0.1:25520");
        IOException refused = assertThrows(IOException.class, directory::prepare);
        assertTrue(
                refused.getMessage().contains("mv '" + old.resolve("gapless.mv.db") + "' '" + directory.path() + "'"),
                refused::getMessage);
        of("another").prepare();
        Files.createDirectory(directory.path());
        Files.move(old.resolve("gapless.mv.db"), directory.file());
        directory.prepare();
    }

    @Test
    void aFileWithoutBytesIsDamaged() throws IOException {
        EmbeddedDirectory directory = of("n");
        directory.prepare();
        Files.createFile(directory.file());
        IOException refused = assertThrows(IOException.class, directory::prepare);
        assertTrue(refused.getMessage().contains("has no bytes"), refused::getMessage);
        assertEquals(0, Files.size(directory.file()));
        Files.delete(directory.file());
        directory.prepare();
    }

    @Test
    void h2TakesEachName() {
        EmbeddedDirectory directory = of("10.0.0.1:25520; \u00e4*/\u4e16");
        JournalSettings settings =
                new JournalSettings(ConfigFactory.parseMap(Map.of("gapless.journal.directory", "" + directory.path()))
                        .withFallback(ConfigFactory.load()));
        new Tables(settings, null).check();
        assertTrue(Files.exists(directory.file()));
    }

    @Test
    void onesThatCannotBeAreRefusedAtTheStart() {
        assertRefused("gapless.journal.directory = \"a;b\"", "a;b", "H2 takes no path with a ;");
        assertRefused("gapless.node-name = \"\"", "gapless.node-name");
    }

    private static void assertRefused(String settings, String... parts) {
        ConfigException refused = assertThrows(
                ConfigException.class,
                () -> new JournalSettings(ConfigFactory.parseString(settings).withFallback(ConfigFactory.load())));
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused::getMessage);
        }
        assertTrue(refused.getMessage().contains("gapless.journal.directory"), refused::getMessage);
    }
}
