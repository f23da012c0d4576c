package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GaplessCommandTest {
    private final StringWriter err = new StringWriter();
    private final CommandLine command = GaplessCommand.commandLine().setErr(new PrintWriter(err, true));

    @Test
    void endsWithTwoAndOneLineOnWrongUsage() {
        assertEquals(2, command.execute("--no-such-option"));
        assertTrue(err.toString().contains("--no-such-option"), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }
}
