package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfAddressTest {
    private static String hostPort(String host) {
        return SelfAddress.hostPort(new Address("pekko", "s", host, 2551));
    }

    @Test
    void whereOtherNodesFindItIsTaken() {
        assertEquals("[::1]:2551", hostPort("[::1]"));
        assertEquals("10.0.0.7:2551", hostPort("10.0.0.7"));
        assertEquals("my-host.example:2551", hostPort("my-host.example"));
    }

    @ParameterizedTest
    @CsvSource({"::1, [::1]", "my_host, has a _"})
    void whereNoOtherNodeFindsItIsRefusedWithTheSetting(String host, String says) {
        ConfigException refused = assertThrows(ConfigException.class, () -> hostPort(host));
        assertTrue(refused.getMessage().contains("pekko.remote.artery.canonical.hostname"), refused.getMessage());
        assertTrue(refused.getMessage().contains(says), refused.getMessage());
    }
}
