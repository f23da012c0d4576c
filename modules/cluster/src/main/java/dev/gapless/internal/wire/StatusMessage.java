package dev.gapless.internal.wire;

/** Between node actors: how are you, and the answer. */
public sealed interface StatusMessage {
    /**
     * Asks a node.
     *
     * @param number the asking node actor's own
     * @param fromUid who asks
     */
    record Request(long number, long fromUid, long toUid) implements StatusMessage {}

    /**
     * What it answers.
     *
     * @param number the request's
     * @param json a {@link dev.gapless.NodeStatus}
     */
    record Reply(long number, long fromUid, String json) implements StatusMessage {}
}
