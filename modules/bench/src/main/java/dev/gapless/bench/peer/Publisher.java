package dev.gapless.bench.peer;

/** The side that publishes, on one thread. */
public interface Publisher extends PeerSide {
    /** Publishes a message; waits while the subscribers have not taken enough of those before. The array is the peer's from now on. */
    void publish(byte[] message) throws Exception;

    /** Sends what it has collected: no further message is due yet. */
    void flush() throws Exception;
}
