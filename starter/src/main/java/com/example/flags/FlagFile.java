package com.example.flags;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The source of truth that all nodes share; a real application uses a database. One line for each flag: name, on or off, version. */
public final class FlagFile {
    private final Path file;

    public FlagFile(Path file) {
        this.file = file;
    }

    public Map<String, Flag> readAll() {
        Map<String, Flag> flags = new TreeMap<>();
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                flags.put(words[0], new Flag(words[0], words[1].equals("on"), Long.parseLong(words[2])));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return flags;
    }

    /** Returns what it has become. */
    public synchronized Flag set(String name, boolean on) {
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (FileChannel one = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = one.lock()) {
            Map<String, Flag> flags = readAll();
            long version = flags.containsKey(name) ? flags.get(name).version() + 1 : 1;
            Flag flag = new Flag(name, on, version);
            flags.put(name, flag);
            Files.write(
                    next,
                    flags.values().stream()
                            .map(f -> f.name() + (f.on() ? " on " : " off ") + f.version())
                            .toList());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            return flag;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
