package dev.gapless.core;

/**
 * What a producer says of its log when it answers a registration.
 *
 * @param epoch the stream
 * @param startedMs when the log was made, in milliseconds since 1970, for people
 * @param publishes may anything ever be published there? If not, nothing of it can be missed, however it ends
 */
public record LogIdentity(Epoch epoch, long startedMs, boolean publishes) {

    /** That of a log to which something may be published. */
    public static LogIdentity fresh(Epoch epoch, long startedMs) {
        return new LogIdentity(epoch, startedMs, true);
    }

    /** That of an incarnation's log of a topic with these settings. */
    public static LogIdentity of(long uid, String topic, TopicSettings settings, long startedMs) {
        return new LogIdentity(Epoch.of(uid, topic), startedMs, settings.publishing());
    }
}
