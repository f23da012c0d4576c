package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.gapless.internal.store.TakeOver;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TakeOverSettingsTest {
    private static final String SERVER = "gapless { node-name = n, journal.database = postgresql }\n";

    private static JournalSettings settings(String config) {
        return new JournalSettings(ConfigFactory.parseString(config).withFallback(ConfigFactory.load()));
    }

    @Test
    @DisplayName(
            "logs are taken over from a store that all nodes share, after two minutes, and not if it is switched off")
    void fromASharedStore() {
        TakeOver how = settings(SERVER).takeOver;
        assertNotNull(how);
        assertEquals(new TakeOver(Duration.ofMinutes(2), 2, Duration.ofMinutes(30), 0), how);
        assertNull(settings(SERVER + "gapless.journal.take-over-after = off").takeOver);
        assertNull(settings(SERVER + "gapless.journal.take-over-after = \"false\"").takeOver, "as YAML has it");
        assertNull(settings("gapless.node-name = n").takeOver, "a directory is one node's");
    }

    @ParameterizedTest
    @CsvSource({
        "take-over-after, 100ms",
        "take-over-after, often",
        "stand-ins, 0",
        "stand-in-lifetime, 0s",
        "stand-in-port, 65536"
    })
    @DisplayName("what is impossible is refused, by the name of its key")
    void refused(String key, String value) {
        Exception refused =
                assertThrows(ConfigException.class, () -> settings(SERVER + "gapless.journal." + key + " = " + value));
        assertTrue(refused.getMessage().contains(key), refused::toString);
    }

    @Test
    @DisplayName("a node that would be given up before it is taken over keeps others from starting")
    void tooLate(@TempDir Path directory) {
        String late = "gapless.topics.prices.durable-return-timeout = 2 minutes\n"
                + "gapless.journal { database = postgresql, url = \"jdbc:postgresql://127.0.0.1:1/none\" }";
        Exception refused = assertThrows(ConfigException.class, () -> TestNode.start("late", directory, null, late));
        assertTrue(refused.getMessage().contains("gapless.journal.take-over-after"), refused::toString);
        assertTrue(
                refused.getMessage().contains("gapless.topics.\"prices\".durable-return-timeout"), refused::toString);
    }
}
