package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.Slices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables and configurations of the documents are those of the code. */
class OperationsGuideTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern HOCON = Pattern.compile("(?ms)^```hocon\n(.*?)^```$");
    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `([a-z.-]+)`( \\*)? \\| `([^`]*)` \\|");
    private static final Pattern LOG_LINE =
            Pattern.compile("(?m)^\\| [^|`]*(?:`\\w+`)?[^|`]*\\b(?:WARN|ERROR) \\| ([^|]*) \\|");
    private static final Pattern SIZES = Pattern.compile(
            "(?m)^"
                    + "\\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| ([\\d.]+) MiB \\| (\\d+) \\| (\\d+) \\| ([\\d.]+) MiB \\|$");

    private static final Pattern SWITCH =
            Pattern.compile("(?m)^\\| [^|`]+ \\| `([^`|]+)`(?:, the default)? \\| [^|]+ \\| `\\w+Test\\.\\w+` \\|$");

    /** Of these the number of threads is listed. */
    private static final List<String> DISPATCHERS = List.of("default-dispatcher", "table.default-dispatcher");

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String guide() {
        return read(ROOT.resolve("docs/operations.md"));
    }

    private static Config withoutDispatchers(Config reference) {
        Config others = reference;
        for (String path : DISPATCHERS) {
            others = others.withoutPath(path);
        }
        return others;
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    @Test
    void everySettingIsListedWithItsDefault() {
        Config reference = ConfigFactory.parseResources("reference.conf").getConfig("gapless");
        Map<String, String> expected = new TreeMap<>();
        DISPATCHERS.forEach(
                path -> expected.put(path, reference.getString(path + ".thread-pool-executor.fixed-pool-size")));
        withoutDispatchers(reference)
                .entrySet()
                .forEach(entry -> expected.put(
                        entry.getKey(), String.valueOf(entry.getValue().unwrapped())));
        Map<String, String> listed = new TreeMap<>();
        for (MatchResult row : all(SETTING, guide())) {
            String value = row.group(3).equals("\"\"") ? "" : row.group(3);
            assertEquals(null, listed.put(row.group(1), value), row.group(1) + " is listed twice");
        }
        assertEquals(expected, listed);
    }

    @Test
    void theSettingsThatAreMarkedAreThoseOfATopic() {
        for (MatchResult row : all(SETTING, guide())) {
            boolean ofTopic = true;
            try {
                new Settings(
                        ConfigFactory.load()
                                .getConfig("gapless")
                                .getValue(row.group(1))
                                .atPath("gapless.topics.any." + row.group(1))
                                .withFallback(ConfigFactory.load()),
                        getClass().getClassLoader(),
                        "system");
            } catch (com.typesafe.config.ConfigException notOfTopic) {
                ofTopic = false;
            }
            assertEquals(ofTopic, row.group(2) != null, row.group(1));
        }
    }

    @Test
    void everyConfigurationIsOneThatANodeStartsWith() throws IOException {
        int found = 0;
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")
                            && !file.endsWith("gateway.md")) // its own module reads that
                    .forEach(documents::add);
        }
        for (Path document : documents) {
            for (MatchResult block : all(HOCON, read(document))) {
                found++;
                Config config = ConfigFactory.parseString(block.group(1))
                        .withFallback(ConfigFactory.load())
                        .resolve();
                assertDoesNotThrow(
                        () -> new Settings(config, getClass().getClassLoader(), "system"), document.toString());
            }
        }
        assertTrue(found >= 4, found + " configurations");
    }

    private static boolean isAllowed(Config settings) {
        try {
            var unused = new Settings(
                    settings.atPath("gapless").withFallback(ConfigFactory.load()),
                    OperationsGuideTest.class.getClassLoader(),
                    "system");
            return true;
        } catch (com.typesafe.config.ConfigException refused) {
            return false;
        }
    }

    @Test
    void rowO8_whateverCanBeSwitchedOffIsListedWithASettingThatANodeStartsWith() {
        List<MatchResult> rows = all(SWITCH, guide());
        Map<String, String> listed = new TreeMap<>();
        for (MatchResult row : rows) {
            Config off = ConfigFactory.parseString(row.group(1));
            assertTrue(isAllowed(off), row.group());
            off.entrySet()
                    .forEach(entry -> listed.put(
                            entry.getKey(), String.valueOf(entry.getValue().unwrapped())));
        }
        assertEquals(18, rows.size());
        Set<String> switches = new TreeSet<>(Set.of("overflow", "reload-backoff.min", "reload-backoff.max"));
        switches.addAll(Set.of("register-backoff.min", "register-backoff.max"));
        withoutDispatchers(ConfigFactory.parseResources("reference.conf").getConfig("gapless"))
                .entrySet()
                .forEach(entry -> {
                    boolean number =
                            String.valueOf(entry.getValue().unwrapped()).matches("\\d.*");
                    if (number && isAllowed(ConfigFactory.parseString(entry.getKey() + " = 0"))) {
                        switches.add(entry.getKey());
                    }
                });
        switches.remove("shards"); // as many as processors
        switches.removeAll(Set.of("feed-messages", "feed-bytes")); // as large as a log
        assertEquals(switches, listed.keySet());
        listed.forEach((key, value) -> assertTrue(
                key.equals("overflow") || key.matches(".*backoff.m(in|ax)") || value.matches("0s?"),
                key + " = " + value));
    }

    @Test
    void theSizesAreWhatTheRingsCount() {
        Slice message = Slices.of(0, Content.of(1, "", new byte[100])).get(0);
        long inLog = message.sizeBytes() - 100;
        long inFeed = FeedEntry.Messages.sizeBytes(message) - 100;
        List<MatchResult> rows = all(SIZES, guide());
        assertTrue(rows.size() >= 4);
        for (MatchResult row : rows) {
            long size = Long.parseLong(row.group(2));
            long messages = Long.parseLong(row.group(1)) * Long.parseLong(row.group(3));
            long ofAll = messages * Long.parseLong(row.group(6));
            assertEquals(Long.toString(messages), row.group(4), row.group());
            assertEquals(mib(messages * (size + inLog)), row.group(5), row.group());
            assertEquals(Long.toString(ofAll), row.group(7), row.group());
            assertEquals(mib(ofAll * (size + inFeed)), row.group(8), row.group());
        }
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1048576.0);
    }

    @Test
    void theLogLinesAreThoseThatTheSourcesHave() throws IOException {
        String sources;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(OperationsGuideTest::read)
                    .collect(Collectors.joining("\n"));
        }
        String joined = sources.replaceAll("\"\\s*\\+\\s*\"", "");
        List<String> missing = new ArrayList<>();
        List<MatchResult> rows = all(LOG_LINE, guide());
        for (MatchResult row : rows) {
            for (MatchResult line : all(Pattern.compile("`([^`]*)`"), row.group(1))) {
                for (String part : List.of(line.group(1).split("…", -1))) {
                    if (!joined.contains(part.strip())) {
                        missing.add(part + " of: " + line.group(1));
                    }
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(rows.size() >= 14, rows.size() + " lines");
    }
}
