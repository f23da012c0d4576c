package dev.gapless.simulation.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A fault to plant into the sources of the core.
 *
 * @param name what it is called
 * @param breaks the rule that it breaks, and how
 * @param named seeds and scenarios that notice it and come first, as {@code mutations.txt} has them
 * @param edits what makes it
 */
record Mutation(String name, String breaks, List<String> named, List<Edit> edits) {

    /** The sources that it changes, changed, by their path below {@code sources}. */
    Map<Path, String> apply(Path sources) throws IOException {
        Map<Path, String> changed = new LinkedHashMap<>();
        for (Edit edit : edits) {
            Path path = find(sources, edit.type() + ".java");
            String source = changed.containsKey(path) ? changed.get(path) : Files.readString(sources.resolve(path));
            changed.put(path, edit.apply(source));
        }
        return changed;
    }

    private static Path find(Path sources, String file) throws IOException {
        try (Stream<Path> all = Files.walk(sources)) {
            List<Path> found = all.filter(path -> path.endsWith(file)).toList();
            if (found.size() != 1) {
                throw new IllegalStateException(file + " is there " + found.size() + " times");
            }
            return sources.relativize(found.get(0));
        }
    }
}
