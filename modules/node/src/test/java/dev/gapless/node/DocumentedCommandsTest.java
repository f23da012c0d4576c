package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The command lines that stand in the documents are such that the program takes them. */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern SHELL = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
    private static final Pattern COMMAND = Pattern.compile("(?m)bin/gapless ([^#\n|&>]+)");

    @Test
    void theProgramTakesThem() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        int found = 0;
        for (Path document : documents) {
            for (MatchResult block :
                    SHELL.matcher(Files.readString(document)).results().toList()) {
                for (MatchResult command :
                        COMMAND.matcher(block.group(1)).results().toList()) {
                    found++;
                    String[] words = command.group(1).strip().split(" +", -1);
                    assertDoesNotThrow(
                            () -> GaplessCommand.commandLine(new Termination()).parseArgs(words), command.group());
                }
            }
        }
        assertTrue(found >= 8, found + " commands");
    }
}
