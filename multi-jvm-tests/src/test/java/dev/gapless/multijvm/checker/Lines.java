package dev.gapless.multijvm.checker;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The complete lines of a file that may still grow, each as its words. */
final class Lines {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path file;
    private long offset;

    Lines(Path file) {
        this.file = file;
    }

    /** The first line, or null if it is not complete yet. */
    String[] first() {
        String[][] first = {null};
        read(1, words -> first[0] = words);
        return first[0];
    }

    /** Gives the lines behind those that were given before. */
    void rest(Consumer<String[]> to) {
        read(Long.MAX_VALUE, to);
    }

    private void read(long most, Consumer<String[]> to) {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] chunk = new byte[CHUNK_BYTES];
            long left = most;
            int complete;
            do {
                in.seek(offset);
                int length = Math.max(0, in.read(chunk));
                complete = 0;
                for (int i = 0; i < length && left > 0; i++) {
                    if (chunk[i] == '\n') {
                        String line = new String(chunk, complete, i - complete, StandardCharsets.UTF_8);
                        to.accept(line.split(" ", -1));
                        complete = i + 1;
                        left--;
                    }
                }
                offset += complete;
            } while (complete > 0 && left > 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
