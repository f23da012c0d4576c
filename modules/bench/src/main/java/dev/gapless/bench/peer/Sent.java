package dev.gapless.bench.peer;

/**
 * What was sent to other nodes.
 *
 * @param bytes with the transport's envelopes
 */
public record Sent(long messages, long bytes) {
    public static final Sent NOTHING = new Sent(0, 0);

    public Sent plus(Sent other) {
        return new Sent(messages + other.messages, bytes + other.bytes);
    }
}
