package dev.gapless.bench.peer;

/** A way to send messages to subscribers. */
public interface Peer {
    /** Makes the publishing side, which listens from now on. */
    Publisher publisher() throws Exception;

    /**
     * Makes a subscribing side, which listens from now on.
     *
     * @param receiver gets every message
     */
    PeerSide subscriber(Receiver receiver) throws Exception;
}
