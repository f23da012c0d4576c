package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.Gap;
import org.junit.jupiter.api.Test;

class PeersTest {
    private final Peers peers = new Peers();

    @Test
    void whoIsKnownByAnAddressAloneIsDescribedByTheNodeThatWasThereLast() {
        assertEquals("host:1", peers.described("host:1"));
        peers.name(1, "host:1", "host:1");
        assertEquals("host:1", peers.described("host:1"), "it has said no name");
        peers.name(1, "n1", "host:1");
        peers.remove(1);
        assertEquals("host:1, where node n1 was before", peers.described("host:1"));
        assertEquals("n1", peers.described("n1"));
        peers.name(2, "n2", "host:1");
        assertEquals("host:1, where node n2 was before", peers.described("host:1"));
        assertEquals("unknown", peers.described(null));
        assertEquals("unknown", peers.described(Gap.NOBODY), "of another cluster, or of before a token");
    }

    @Test
    void ofTheAddressesTheLatestAreKept() {
        for (int i = 0; i <= 1_000; i++) {
            peers.name(i, "n" + i, "host:" + i);
        }
        assertEquals("host:0", peers.described("host:0"));
        assertEquals("host:1, where node n1 was before", peers.described("host:1"));
    }
}
