package dev.gapless.durable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Files of H2 whose writes are on the disk when they return: H2 itself never forces what it commits. The operating system is told so when a
 * file is opened (O_DSYNC), so what H2 writes first, a commit and then where it is, is on the disk first. Public as H2 makes instances by
 * reflection.
 */
public final class ForcedFiles extends FilePathWrapper {
    private static final String SCHEME = "gapless-forced";

    /** For H2. */
    public ForcedFiles() {}

    /** What the path of such a file begins with; H2 knows it from then on. */
    static String scheme() {
        FilePath.register(new ForcedFiles());
        return SCHEME;
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        boolean isNew = !getBase().exists();
        FileChannel file = getBase().open(mode.equals("rw") ? "rwd" : mode);
        if (isNew) {
            forceDirectories(Path.of(getBase().name).toAbsolutePath().getParent());
        }
        return file;
    }

    /** A new file is of no use if its directory, or that of the directory, has forgotten it. */
    private static void forceDirectories(@Nullable Path first) throws IOException {
        for (Path directory = first; directory != null; directory = directory.getParent()) {
            FileChannel entries;
            try {
                entries = FileChannel.open(directory, StandardOpenOption.READ);
            } catch (IOException e) {
                return; // the operating system has no such thing, or this directory is not ours, and was there before
            }
            try (entries) {
                entries.force(true);
            }
        }
    }
}
