package dev.gapless.durable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The file of an embedded database: is what was opened still what the next start will find? An operating system lets a process go on writing
 * to a file that was removed, and what it confirmed would be gone. Thread-safe.
 */
final class EmbeddedFile {
    private final Path file;
    private final String store;
    /** What names the file in its file system; null if it is not open yet, or the system has no such thing and removes no open file. */
    private final AtomicReference<@Nullable Object> opened = new AtomicReference<>();

    /**
     * This one.
     *
     * @param store names the store, for people
     */
    EmbeddedFile(Path file, String store) {
        this.file = file;
        this.store = store;
    }

    /** It is open; the first time counts. */
    void opened() throws IOException {
        opened.compareAndSet(null, key());
    }

    private @Nullable Object key() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Why nothing must be confirmed, for people; null if it may. */
    @Nullable String problem() {
        Object its = opened.get();
        try {
            return its == null || Objects.equals(its, key())
                    ? null
                    : store + ": another file was put in the place of " + file.getFileName()
                            + " while this node runs. Start the node anew, so that it reads that, or put the one of before back";
        } catch (NoSuchFileException e) {
            return store + ": " + file.getFileName()
                    + " was removed while this node runs, and what is stored now would be gone. Put it back"
                    + " as it was, and the node goes on. If it is lost, start the node anew: readers that lack something are told";
        } catch (IOException e) {
            return store + ": " + StoreProblem.why(e);
        }
    }
}
