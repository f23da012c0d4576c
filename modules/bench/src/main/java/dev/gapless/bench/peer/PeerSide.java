package dev.gapless.bench.peer;

import java.util.List;

/** One side of a peer, in its own process, which ends with it. */
public interface PeerSide extends Addressed {
    /**
     * Connects with the other side. When it returns for all processes, whatever is published reaches every subscriber.
     *
     * @param publisher the publisher's address
     * @param subscribers the subscribers' addresses
     */
    void connect(String publisher, List<String> subscribers) throws Exception;
}
