package dev.gapless.bench.peer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All peers, by their names. */
public final class Peers {
    private static final Map<String, Supplier<Peer>> PEERS = new LinkedHashMap<>();

    static {
        PEERS.put("gapless", GaplessPeer::new);
        PEERS.put("tcp", TcpPeer::new);
        PEERS.put("batches-128", () -> new RemotingPeer(128));
        PEERS.put("batches-800", () -> new RemotingPeer(800));
        PEERS.put("tell", () -> new RemotingPeer(1));
    }

    private Peers() {}

    /** The names, in the order in which a round runs them. */
    public static List<String> names() {
        return List.copyOf(PEERS.keySet());
    }

    /** The peer of this name, one of {@link #names}. */
    public static Peer of(String name) {
        Supplier<Peer> peer = PEERS.get(name);
        if (peer == null) {
            throw new IllegalArgumentException("there is no peer '" + name + "'; the peers are " + names());
        }
        return peer.get();
    }
}
