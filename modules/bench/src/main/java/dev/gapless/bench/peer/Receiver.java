package dev.gapless.bench.peer;

/** What a subscriber does with messages. Called by one thread at a time. */
public interface Receiver {
    /** Takes the message that begins at this offset; the bytes are the caller's again afterwards. */
    void take(byte[] bytes, int offset);

    /** Takes that the peer itself says that something went wrong. */
    void takeProblem(String problem);
}
