package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands whose standard output takes nothing. */
@Timeout(600)
@EnabledOnOs(OS.LINUX)
class StandardOutputTest {
    /** Runs the program once nobody reads its output any more, and says with which status it ended. */
    static final String INTO_A_CLOSED_PIPE =
            "mkfifo go && { cat go >&2; \"$@\"; echo \"status $?\" >&2; } | { exec 0<&-; : >go; }";

    private static final String TRACE = "simulate --seeds 1 --faults none --trace";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "status --help", "simulate --seeds 1 --faults none", TRACE})
    void aFullStandardOutputIsAFailure(String line) throws Exception {
        failsInto(">/dev/full", line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", TRACE})
    void aClosedStandardOutputIsAFailure(String line) throws Exception {
        failsInto(">&-", line);
    }

    private void failsInto(String redirection, String line) throws Exception {
        try (Program program = Program.startIn(directory, "exec \"$@\" " + redirection, line.split(" ", -1))) {
            assertEquals(1, program.awaitExit(), program::toString);
            List<String> complaints = program.err().stream()
                    .filter(said -> said.startsWith("gapless")) // and not how far it is
                    .toList();
            assertEquals(1, complaints.size(), program::toString);
            assertTrue(complaints.get(0).contains("cannot write to standard output: "), program::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", TRACE})
    void aPipeThatNobodyReadsIsANormalEndAndNothingIsSaid(String line) throws Exception {
        try (Program program = Program.startIn(directory, INTO_A_CLOSED_PIPE, line.split(" ", -1))) {
            program.awaitExit();
            assertEquals(List.of("status 141"), program.err(), program::toString);
        }
    }
}
