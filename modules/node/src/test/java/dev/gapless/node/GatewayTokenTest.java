package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --token-command} may print, and for how long. */
@Timeout(60)
class GatewayTokenTest {
    @ParameterizedTest
    @ValueSource(strings = {"sleep 300; echo token", "echo token; exec sleep 302", "exec yes"})
    @DisplayName("a command that goes on, or whose own command does, is not waited for")
    void goesOn(String command) {
        Failure failure = assertThrows(Failure.class, () -> GatewayToken.run(command, 1));
        assertTrue(String.valueOf(failure.getMessage()).contains("within 1 s"), failure::getMessage);
    }

    @Test
    @DisplayName("what can stand in no header is refused, and not shown")
    void garbage() {
        assertEquals("to.ke-n~", GatewayToken.run("echo ' to.ke-n~ '", 10));
        Map<String, String> garbage = Map.of(
                "printf 'sec\\rret'", "one word",
                "printf 'sec\\000ret'", "one word",
                "echo sec ret", "one word",
                "echo sec\u00e9ret", "one word",
                "echo sec; echo ret", "in one line",
                "true", "printed nothing");
        garbage.forEach((command, why) -> {
            Failure failure = assertThrows(Failure.class, () -> GatewayToken.run(command, 10), command);
            String told = String.valueOf(failure.getMessage());
            assertTrue(told.contains(why), told);
            assertFalse(told.contains("sec"), told);
        });
    }

    @Test
    @DisplayName("a command that fails gives no token, whatever it printed, and that is not shown")
    void failed() {
        Failure failure = assertThrows(Failure.class, () -> GatewayToken.run("echo sesame; exit 3", 10));
        String told = String.valueOf(failure.getMessage());
        assertTrue(told.contains("exit status was 3"), told);
        assertFalse(told.contains("sesame"), told);
    }

    @Test
    @DisplayName("a command is run once, and again when its token was refused; the same token again is none")
    void runAgain(@TempDir Path directory) {
        Path runs = directory.resolve("runs");
        GatewayToken token =
                new GatewayToken(null, "echo x >> " + runs + "; echo token-$(wc -l < " + runs + " | tr -d ' ')");
        assertEquals("token-1", token.get());
        assertEquals("token-1", token.get());
        assertEquals("token-2", token.after("token-1"));
        assertEquals("token-2", token.get());
        assertEquals("token-2", token.after("token-1"), "another thread was faster");
        GatewayToken same = new GatewayToken(null, "echo same");
        assertEquals("same", same.get());
        assertNull(same.after("same"));
    }
}
