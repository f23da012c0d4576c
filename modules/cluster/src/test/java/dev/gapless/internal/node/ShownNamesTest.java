package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names in the settings that stand in logs, tokens and events. */
class ShownNamesTest {
    private static Settings settings(String key, String value) {
        return new Settings(
                ConfigFactory.load().withValue("gapless." + key, ConfigValueFactory.fromAnyRef(value)),
                ShownNamesTest.class.getClassLoader(),
                "system");
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-name", "cluster-id", "dispatcher", "completion-dispatcher"})
    void aNameThatIsShownIsOneLineOfPrintableCharacters(String key) {
        for (String name : List.of("a\nb", "a\u0007", " ", "\ud800", "x".repeat(256))) {
            ConfigException refused = assertThrows(ConfigException.class, () -> settings(key, name), name);
            assertTrue(refused.getMessage().contains("gapless." + key), refused.getMessage());
            assertTrue(refused.getMessage().chars().noneMatch(c -> c == '\n' || c == 7), refused.getMessage());
        }
    }

    @Test
    void namesOfAllScriptsAreTaken() {
        assertEquals("größe 東京", settings("node-name", "größe 東京").nodeName);
        assertEquals("system", settings("cluster-id", "").clusterId);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dispatcher", "completion-dispatcher"})
    void aDispatcherThatIsNotConfiguredIsRefusedAtTheStart(String key) {
        for (String id : List.of("my-dispatcher", "my..dispatcher", "$")) {
            ConfigException refused = assertThrows(ConfigException.class, () -> settings(key, id), id);
            assertTrue(refused.getMessage().contains("gapless." + key), refused.getMessage());
            assertTrue(refused.getMessage().contains(id), refused.getMessage());
        }
    }
}
