package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BufferOptionsTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("GAPLESS_BUFFER_MESSAGES", "2000", "GAPLESS_BUFFER_BYTES", "2 MiB");

    private final Config file = ConfigFactory.parseString("gapless { buffer-messages = 1000, buffer-bytes = 1 MiB }");

    private static BufferOptions options(String... args) {
        BufferOptions options = new BufferOptions();
        new CommandLine(options).parseArgs(args);
        return options;
    }

    @Test
    void rowT1TheOptionGoesBeforeTheEnvironment() {
        Config config = BufferSettings.of(options("--buffer-messages", "3000", "--buffer-bytes", "3MiB"), ENVIRONMENT)
                .withFallback(file);
        assertEquals(3000, config.getInt("gapless.buffer-messages"));
        assertEquals(3 << 20, config.getBytes("gapless.buffer-bytes"));
    }

    @Test
    void rowT1TheEnvironmentGoesBeforeTheConfiguration() {
        Config config = BufferSettings.of(options(), ENVIRONMENT).withFallback(file);
        assertEquals(2000, config.getInt("gapless.buffer-messages"));
        assertEquals(2 << 20, config.getBytes("gapless.buffer-bytes"));
    }

    @Test
    void rowT1TheConfigurationGoesBeforeTheDefault() {
        assertTrue(BufferSettings.of(options(), Map.of()).isEmpty());
        assertTrue(BufferSettings.of(options(), Map.of("GAPLESS_BUFFER_BYTES", " "))
                .isEmpty());
    }

    @Test
    void oneOfThemAloneLeavesTheOtherAsItWas() {
        Config config = BufferSettings.of(options("--buffer-bytes", "4096"), Map.of());
        assertEquals(4096, config.getBytes("gapless.buffer-bytes"));
        assertFalse(config.hasPath("gapless.buffer-messages"));
    }

    @Test
    void namesTheVariableThatIsWrong() {
        var error = assertThrows(
                IllegalArgumentException.class,
                () -> BufferSettings.of(options(), Map.of("GAPLESS_BUFFER_MESSAGES", "-1")));
        assertTrue(error.getMessage().startsWith("GAPLESS_BUFFER_MESSAGES: '-1'"), error::getMessage);
    }
}
