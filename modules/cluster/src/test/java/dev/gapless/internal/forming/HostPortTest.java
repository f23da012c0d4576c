package dev.gapless.internal.forming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @ValueSource(strings = {"[::1]:2551", "::1:2551"})
    void anIpv6AddressIsTheOneThatPekkoReadsFromASeedNode(String text) {
        Address first = HostPort.parse(text).addresses("gapless").get(0);
        assertEquals(AddressFromURIString.parse("pekko://gapless@[::1]:2551"), first);
        assertEquals("[::1]", HostPort.inAddress("::1"));
        assertEquals("[::1]", HostPort.inAddress("[::1]"));
    }

    @Test
    void aHostWithAnUnderscoreIsRefusedWithWhy() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> HostPort.parse("my_host:2551"));
        assertTrue(refused.getMessage().contains("'my_host' has a _"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> HostPort.inAddress("my_host"));
    }
}
