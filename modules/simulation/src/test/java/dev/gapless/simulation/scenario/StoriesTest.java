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
import org.junit.jupiter.api.Test;

/** The stories that docs/guarantees.md tells to applications are scenarios, without what nodes say to each other. */
class StoriesTest {
    private static final Pattern STORY = Pattern.compile("(?ms)^```text\n(.*?)^```$");
    private static final Pattern LEFT_OUT = Pattern.compile(
            "#.*|settle|level|up .*|node \\w+|" + " +(\\+\\d+ms )?(\\w+>\\w+ [A-Z].*|\\w+ is level|\\w+ has drained)");

    @Test
    void theStoriesOfTheGuideAreWhatHappens() throws IOException {
        Set<String> stories = STORY.matcher(Files.readString(Path.of("../../docs/guarantees.md")))
                .results()
                .map(story -> story.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> happens = new TreeSet<>();
        for (Path file : scenarios()) {
            happens.add(Files.readString(file)
                    .lines()
                    .filter(line -> !line.isBlank() && !LEFT_OUT.matcher(line).matches())
                    .map(line -> line.replaceFirst("^ +\\+\\d+ms ", "  ") + "\n")
                    .collect(Collectors.joining()));
        }
        assertEquals(happens, stories);
        assertTrue(stories.size() >= 7, stories.size() + " stories");
    }

    private static List<Path> scenarios() throws IOException {
        return ScenarioTest.files().stream()
                .filter(file -> file.getParent().endsWith("told"))
                .toList();
    }
}
