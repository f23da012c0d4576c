package dev.gapless.multijvm.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** That of H2: the files of a directory. */
record StoreOfFiles(Path directory) implements LosableStore {
    @Override
    public void copy(String name) {
        copy(directory, named(name));
    }

    @Override
    public void empty() {
        try {
            LongFaultsTest.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void putBack(String name) {
        empty();
        copy(named(name), directory);
    }

    private Path named(String name) {
        return directory.resolveSibling(directory.getFileName() + "-" + name);
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectory(to);
            List<Path> all = files.toList();
            if (all.isEmpty()) {
                throw new AssertionError(from + " has no files");
            }
            for (Path file : all) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
