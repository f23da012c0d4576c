package dev.gapless.bench.apart;

import dev.gapless.bench.peer.PeerKind;
import dev.gapless.bench.peer.PeerSource;
import java.util.List;

/** The peers of this module, which java.util.ServiceLoader finds. */
public final class ApartPeers implements PeerSource {
    /** What Hazelcast asks for, and what Aeron needs for its selector. */
    private static final List<String> OPENED = List.of(
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    @Override
    public List<PeerKind> peers() {
        return List.of(
                new PeerKind("segments", bytes -> new SegmentsPeer()),
                new PeerKind("jgroups", bytes -> new JGroupsPeer()),
                new PeerKind("aeron", bytes -> new AeronPeer(), OPENED, ""),
                new PeerKind("hazelcast-ring", bytes -> new HazelcastRingPeer(), OPENED, ""),
                new PeerKind("hazelcast-topic", bytes -> new HazelcastTopicPeer(), OPENED, ""));
    }
}
