package dev.gapless.simulation.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every rule of the design has a scenario that names it, and every defect of the list has what the list says. */
class CoverageTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path DEFECTS = Path.of("src/test/resources/defects.list");
    private static final Pattern RULE = Pattern.compile("^\\| ([PCDFSTM]\\d+) \\|", Pattern.MULTILINE);
    private static final Pattern NAMED = Pattern.compile("\\b([PCDFSTM]\\d+|[Bb]ackpressure|Delivery)\\b");
    private static final Pattern SPACES = Pattern.compile("\\s+");

    /** The store of a scenario has no damaged records: DurableLogTest shows what becomes of them. */
    private static final Set<String> WITHOUT_SCENARIO = Set.of("D11", "D12");

    @Test
    void everyRuleHasAScenarioThatNamesIt() throws IOException {
        Set<String> missing = new TreeSet<>(Set.of("Backpressure", "Delivery"));
        RULE.matcher(Files.readString(ROOT.resolve("docs/design.md"))).results().forEach(r -> missing.add(r.group(1)));
        assertTrue(missing.size() > 30, "the rules were not found: " + missing);
        missing.removeAll(WITHOUT_SCENARIO);
        for (Path file : ScenarioTest.files()) {
            missing.removeAll(named(file));
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyScenarioSaysWhatItShows() throws IOException {
        for (Path file : ScenarioTest.files()) {
            assertTrue(!named(file).isEmpty(), file + " names no rule");
            assertTrue(Files.readString(file).contains("\nlevel\n"), file + " does not end level");
        }
    }

    /** The rules before the first colon of a scenario, or behind "Here" in one about a defect. */
    private static Set<String> named(Path file) throws IOException {
        String comment = Files.readString(file)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip())
                .collect(Collectors.joining(" "));
        int here = comment.indexOf("Here (");
        String heading = here < 0
                ? comment.substring(0, Math.max(0, comment.indexOf(':')))
                : comment.substring(here, comment.indexOf(')', here));
        return NAMED.matcher(heading)
                .results()
                .map(r -> r.group(1).equals("backpressure") ? "Backpressure" : r.group(1))
                .collect(Collectors.toSet());
    }

    @Test
    void everyDefectIsNamedByWhatTheListSays() throws IOException {
        Set<String> regressions = ScenarioTest.files().stream()
                .map(file -> ScenarioTest.SCENARIOS.relativize(file).toString())
                .filter(name -> name.startsWith("regressions/"))
                .map(name -> name.substring(0, name.length() - ".txt".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(DEFECTS)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                List<String> words = List.of(SPACES.split(line));
                isShown(words.get(0), words.get(1));
                listed.add(words.get(1));
            }
        }
        regressions.removeAll(listed);
        assertEquals(Set.of(), regressions, "scenarios about defects that the list does not have");
    }

    private static void isShown(String defect, String where) throws IOException {
        if (where.startsWith("regressions/")) {
            String text = Files.readString(ScenarioTest.SCENARIOS.resolve(where + ".txt"));
            String number = defect.substring(defect.indexOf('#') + 1);
            assertTrue(text.contains(number), where + " does not name " + defect);
        } else {
            int dot = where.indexOf('.');
            assertTrue(isTest(where.substring(0, dot), where.substring(dot + 1)), "there is no test " + where);
        }
    }

    private static boolean isTest(String type, String method) throws IOException {
        for (String module : List.of("modules/cluster/src/test", "modules/testkit/src/test", "multi-jvm-tests/src")) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module))) {
                for (Path source :
                        sources.filter(file -> file.endsWith(type + ".java")).toList()) {
                    if (Files.readString(source).contains("void " + method + "(")) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
