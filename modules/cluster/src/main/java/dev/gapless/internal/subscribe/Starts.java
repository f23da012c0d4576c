package dev.gapless.internal.subscribe;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.subscription.Opening;

/** Where a subscription begins: checked when the application says it, and as the core calls it. */
public final class Starts {
    private Starts() {}

    /**
     * As the core calls it.
     *
     * @param filter what the subscription takes: a token may be of one that left out some of it, which is then told
     */
    public static Opening opening(StartFrom start, Filter filter) {
        if (start instanceof StartFrom.Resume resume) {
            long before = resume.token().filter();
            return new Opening.Resume(resume.token(), before != 0 && before != filter.hash());
        }
        if (start instanceof StartFrom.Since since) {
            return new Opening.Since(since.time().toEpochMilli());
        }
        return start instanceof StartFrom.Earliest ? new Opening.Earliest() : new Opening.Latest();
    }

    /** Throws IllegalArgumentException if it is a token of something else. */
    public static void check(String topic, StartFrom start, String clusterId) {
        if (start instanceof StartFrom.Resume resume) {
            CursorToken token = resume.token();
            if (!token.topic().equals(topic)) {
                throw new IllegalArgumentException(
                        "The cursor token is of topic " + token.topic() + ", and cannot resume topic " + topic);
            }
            if (!token.cluster().equals(clusterId)) {
                throw new IllegalArgumentException("The cursor token is of cluster " + token.cluster()
                        + ", and cannot resume in cluster " + clusterId + " (gapless.cluster-id)");
            }
        }
    }
}
