package dev.gapless.durable;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of an embedded database. Immutable.
 *
 * @param path which one it is
 * @param before where a node without a setting had its store: when that was the same for all nodes, and when its name was not escaped. Empty
 *     if it is set
 */
record EmbeddedDirectory(Path path, List<Path> before) {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDirectory.class);
    private static final String FILE = "gapless.mv.db";

    /**
     * That of a node. Throws IllegalArgumentException that says what is wrong.
     *
     * @param set what the settings say; empty: a directory with the node's name
     * @param below where those are
     */
    static EmbeddedDirectory of(String set, String nodeName, Path below) {
        if (set.isEmpty() && nodeName.isEmpty()) {
            throw new IllegalArgumentException(
                    "it is empty, and so is gapless.node-name, by which it would be called: set one of them");
        }
        Path base = below.toAbsolutePath().normalize();
        Path path = set.isEmpty()
                ? base.resolve(fileName(nodeName))
                : Path.of(set).toAbsolutePath().normalize();
        if (path.toString().contains(";")) { // which ends the path in a URL of H2
            throw new IllegalArgumentException(
                    "it is " + path + ", and H2 takes no path with a ; in it. Name another one");
        }
        return new EmbeddedDirectory(path, set.isEmpty() ? before(base, nodeName, path) : List.of());
    }

    private static List<Path> before(Path base, String nodeName, Path now) {
        List<Path> before = new ArrayList<>(List.of(base));
        try {
            before.add(base.resolve(nodeName).normalize());
        } catch (InvalidPathException e) {
            // then there is none
        }
        before.remove(now);
        return before;
    }

    /** Each name has one of its own, of letters, digits and a few other signs. */
    private static String fileName(String nodeName) {
        String name = URLEncoder.encode(nodeName, StandardCharsets.UTF_8).replace("*", "%2A");
        return name.startsWith(".") ? "%2E" + name.substring(1) : name;
    }

    /** What H2 writes to. */
    Path file() {
        return path.resolve(FILE);
    }

    /** What H2 is told. */
    String database() {
        return path.resolve("gapless").toString();
    }

    /** Throws IOException, which says what to do, if H2 would begin a new store in the place of one that there was. */
    void check() throws IOException {
        for (Path other : before) {
            if (!Files.exists(file()) && Files.exists(other.resolve(FILE))) {
                throw new IOException("it is empty, and there is a store in " + other
                        + ", where it was before. If that is this node's, move it: mkdir -p -m 700 '" + path
                        + "' && mv '"
                        + other.resolve(FILE) + "' '" + path + "', or set gapless.journal.directory to " + other
                        + "; else move it away");
            }
        }
        if (Files.exists(file()) && Files.size(file()) == 0) {
            throw new IOException(file().getFileName()
                    + " has no bytes: it is damaged. Put a backup back. If there is none, remove the"
                    + " file: the node begins a new store, and readers that lack something are told");
        }
    }

    /** Copies its file beside it, under a name that tells so. {@return the copy} */
    Path keep() throws IOException {
        check();
        Path copy = path.resolve(FILE + ".before-repair");
        for (int i = 2; Files.exists(copy); i++) {
            copy = path.resolve(FILE + ".before-repair-" + i);
        }
        return Files.copy(file(), copy, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Makes it, for the user of this process alone, if it is not there. Throws IOException as {@link #check} does. */
    void prepare() throws IOException {
        check();
        if (!Files.exists(file())) {
            LOG.info("There is no store in {} (gapless.journal.directory): a new one is made there", path);
        }
        if (!Files.isDirectory(path)) {
            boolean hasOwner =
                    path.getFileSystem().supportedFileAttributeViews().contains("posix");
            FileAttribute<?>[] attributes = hasOwner
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                    }
                    : new FileAttribute<?>[0];
            Path parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectories(path, attributes); // unless another thread was faster
        }
    }
}
