package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemNameTest {
    private static String ofSeedNodes(String seeds) {
        return SystemName.ofSeedNodes(ConfigFactory.parseString("pekko.cluster.seed-nodes = [" + seeds + "]"));
    }

    @Test
    void aNodeIsCalledAsItsSeedNodesAre() {
        assertEquals("flags", ofSeedNodes("\"pekko://flags@a:1\", \"pekko://flags@b:1\""));
        assertEquals("gapless", ofSeedNodes(""));
    }

    @Test
    void seedNodesOfTwoNamesAreRefused() {
        Failure refusal =
                assertThrows(Failure.class, () -> ofSeedNodes("\"pekko://flags@a:1\", \"pekko://gapless@b:1\""));
        assertTrue(String.valueOf(refusal.getMessage()).contains("flags and gapless"), refusal.getMessage());
    }

    @Test
    void aSeedNodeThatIsNoAddressIsNamed() {
        Failure refusal = assertThrows(Failure.class, () -> ofSeedNodes("\"127.0.0.1:2551\""));
        assertTrue(String.valueOf(refusal.getMessage()).contains("'127.0.0.1:2551'"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "_a", "a b", "a.b", "a@b", "\u00e4"})
    void refusesWhatPekkoWould(String name) {
        assertThrows(IllegalArgumentException.class, () -> SystemName.check(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gapless", "a", "9", "a-b_C9"})
    void takesWhatPekkoTakes(String name) {
        assertEquals(name, SystemName.check(name));
    }
}
