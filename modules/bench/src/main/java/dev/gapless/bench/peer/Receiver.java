package dev.gapless.bench.peer;

/** What a subscriber does with messages. Called by one thread at a time. */
public interface Receiver {
    /** Takes the message of this length that begins at this offset; the bytes are the caller's again afterwards. */
    void take(byte[] bytes, int offset, int length);

    /** Takes a message that came as an object: its number, and when it was to be sent, or 0. */
    void takeNumber(long number, long intendedNs);

    /** Takes that as many messages, from this number on, were announced as missing. */
    default void takeGap(long first, long count) {
        takeProblem("the subscription was told that it missed " + count + " messages from number " + first + " on");
    }

    /** Takes that the publisher was restarted: its messages begin anew. */
    default void takeRestart() {
        takeProblem("the subscription was told that the publisher was restarted");
    }

    /** Takes that another process has joined. */
    default void takeNewcomer() {}

    /** Takes that the peer itself says that something went wrong. */
    void takeProblem(String problem);
}
