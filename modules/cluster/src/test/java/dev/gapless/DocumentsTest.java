package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documents are level with the code: the tests that they name exist, their links lead somewhere, and their code is code that tests
 * run. What stands in a test between "// shown in FILE" and "// end" is a block of that file, word for word, and every block of Java is
 * such a part.
 */
class DocumentsTest {
    private static final Path ROOT = Path.of("../..");
    private static final List<String> EXAMPLES =
            List.of("modules/cluster", "modules/testkit", "modules/durable", "modules/examples", "spring-starter");
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern LENGTH = Pattern.compile("\\]\\(([^)#]+\\.java)\\) \\((\\d+) lines\\)");
    private static final Pattern BY_HAND =
            Pattern.compile("(?s)what takes (\\d+) lines \\[by hand\\].*\n## By hand: (.*?)\nThe order matters");
    private static final Pattern SHOWN = Pattern.compile("(?ms)^ *// shown in (\\S+)\n(.*?)^ *// end\n");
    private static final Pattern JAVA = Pattern.compile("(?ms)^```java\n(.*?)^```$");

    private static Map<String, String> documents() throws IOException {
        Map<String, String> documents = new TreeMap<>();
        documents.put("README.md", Files.readString(ROOT.resolve("README.md")));
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md"))
                    .forEach(file -> documents.put(ROOT.relativize(file).toString(), read(file)));
        }
        return documents;
    }

    @Test
    void theTestsThatTheyNameExist() throws IOException {
        Map<String, String> sources = testSources();
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Map.Entry<String, String> document : documents().entrySet()) {
            Matcher named = NAMED.matcher(document.getValue());
            while (named.find()) {
                found++;
                if (!sources.getOrDefault(named.group(1), "").contains("void " + named.group(2) + "(")) {
                    missing.add(document.getKey() + ": " + named.group());
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(found > 50, found + " tests are named");
    }

    @Test
    void theirLinksLeadSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        int found = 0;
        for (Map.Entry<String, String> document : documents().entrySet()) {
            Matcher link = LINK.matcher(document.getValue());
            while (link.find()) {
                found++;
                Path file = ROOT.resolve(document.getKey());
                Path target = link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1));
                boolean there = Files.exists(target)
                        && (link.group(2) == null || anchors(read(target)).contains(link.group(2)));
                if (!there) {
                    dead.add(document.getKey() + ": " + link.group());
                }
            }
        }
        assertEquals(List.of(), dead);
        assertTrue(found > 20, found + " links");
    }

    @Test
    void theLengthsThatTheyStateAreTrue() throws IOException {
        int found = 0;
        for (Map.Entry<String, String> document : documents().entrySet()) {
            Matcher length = LENGTH.matcher(document.getValue());
            while (length.find()) {
                found++;
                Path file = ROOT.resolve(document.getKey()).resolveSibling(length.group(1));
                assertEquals(read(file).lines().count(), Long.parseLong(length.group(2)), length.group(1));
            }
        }
        assertTrue(found >= 4, found + " lengths of files");
        Matcher byHand = BY_HAND.matcher(read(ROOT.resolve("README.md")));
        assertTrue(byHand.find(), "README says how long it is by hand");
        long lines = JAVA.matcher(byHand.group(2))
                .results()
                .flatMap(block -> block.group(1).lines())
                .filter(line -> !line.isBlank())
                .count();
        assertEquals(lines, Long.parseLong(byHand.group(1)));
    }

    /** The headings, as a link names them. */
    private static Set<String> anchors(String document) {
        Set<String> anchors = new TreeSet<>();
        document.lines()
                .filter(line -> line.startsWith("#"))
                .forEach(line -> anchors.add(line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-')));
        return anchors;
    }

    @Test
    void theirCodeIsRunByATest() throws IOException {
        Map<String, Set<String>> blocks = new TreeMap<>();
        for (Map.Entry<String, String> document : documents().entrySet()) {
            Matcher block = JAVA.matcher(document.getValue());
            while (block.find()) {
                add(blocks, document.getKey(), block.group(1));
            }
        }
        Map<String, Set<String>> run = new TreeMap<>();
        for (String module : EXAMPLES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                    Matcher shown = SHOWN.matcher(read(file));
                    while (shown.find()) {
                        add(run, shown.group(1), shown.group(2));
                    }
                });
            }
        }
        assertEquals(Map.of(), without(blocks, run), "shown, and run by no test");
        assertEquals(Map.of(), without(run, blocks), "run by a test that says that it is shown, and is not");
        assertTrue(blocks.keySet().containsAll(List.of("README.md", "docs/guarantees.md", "docs/migrating.md")));
    }

    private static Map<String, Set<String>> without(Map<String, Set<String>> all, Map<String, Set<String>> some) {
        Map<String, Set<String>> left = new TreeMap<>();
        all.forEach((document, parts) -> {
            Set<String> others = new TreeSet<>(parts);
            others.removeAll(some.getOrDefault(document, Set.of()));
            if (!others.isEmpty()) {
                left.put(document, others);
            }
        });
        return left;
    }

    /** Without what differs between a test and a document: line breaks, nesting, and what follows for the test alone. */
    private static void add(Map<String, Set<String>> to, String document, String code) {
        String plain = code.replaceAll("(?m)^ *(?:private )?static ((?:final )?class) ", "$1 ")
                .replaceAll("\\s", "")
                .replaceAll("}+$", "");
        to.computeIfAbsent(document, any -> new TreeSet<>()).add(plain);
    }

    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of(
                "modules/core",
                "modules/simulation",
                "modules/cluster",
                "modules/testkit",
                "modules/examples",
                "modules/gateway",
                "modules/node",
                "modules/spring-boot-starter",
                "multi-jvm-tests")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                files.filter(file -> file.toString().endsWith("Test.java")).forEach(file -> {
                    String name = file.getFileName().toString().replace(".java", "");
                    sources.merge(name, read(file), String::concat);
                });
            }
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
