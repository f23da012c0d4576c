package dev.gapless.core;

import java.util.List;

/**
 * What a producer says of a stream when it answers a registration.
 *
 * @param epoch the stream that it goes on in: its own, or one of an earlier incarnation that its store has
 * @param uid the earlier incarnation whose stream it is; 0 if it is its own
 * @param startedMs when the log was made, in milliseconds since 1970, for people
 * @param publishes may anything ever be published there? If not, nothing of it can be missed, however it ends
 * @param durable is the log stored, so that a later incarnation has it, too?
 * @param earlier the earlier incarnations whose streams the log has in front of its own, the oldest first
 */
public record LogIdentity(
        Epoch epoch, long uid, long startedMs, boolean publishes, boolean durable, List<Earlier> earlier) {
    /** A stream of an earlier incarnation, and its last sequence in the log. */
    public record Earlier(long uid, long head) {}

    public LogIdentity {
        earlier = List.copyOf(earlier);
    }

    /** That of a log that has no earlier streams. */
    public LogIdentity(Epoch epoch, long uid, long startedMs, boolean publishes, boolean durable) {
        this(epoch, uid, startedMs, publishes, durable, List.of());
    }

    /** That of a log in memory to which something may be published. */
    public static LogIdentity fresh(Epoch epoch, long startedMs) {
        return new LogIdentity(epoch, 0, startedMs, true, false);
    }

    /** That of an incarnation's log of a topic with these settings. */
    public static LogIdentity of(long uid, String topic, TopicSettings settings, long startedMs) {
        return new LogIdentity(Epoch.of(uid, topic), 0, startedMs, settings.publishing(), settings.durable());
    }

    /** The same, of a log that has streams of these earlier incarnations. */
    public LogIdentity behind(List<Earlier> streams) {
        return new LogIdentity(epoch, uid, startedMs, publishes, durable, streams);
    }

    /** The same, of the stream of an earlier incarnation that is in the same log. */
    public LogIdentity ofEarlier(Epoch stream, long incarnation) {
        return new LogIdentity(stream, incarnation, startedMs, publishes, durable, earlier);
    }
}
