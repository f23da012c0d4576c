package dev.gapless.bench.process;

import dev.gapless.bench.peer.PeerSide;
import java.util.List;

/** How the sides of a peer find each other. */
final class Connecting {
    private Connecting() {}

    static void connect(Dialogue dialogue, PeerSide side) throws Exception {
        dialogue.say("listening", side.address());
        List<String> addresses = dialogue.take("connect");
        side.connect(addresses.get(0), addresses.subList(1, addresses.size()));
        dialogue.say("ready");
    }
}
