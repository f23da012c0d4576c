package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommentsTest {
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final Comments comments = new Comments(INTERVAL);
    private final long startNs = System.nanoTime();

    private long afterNs(int intervals) {
        return startNs + intervals * INTERVAL.toNanos() + Duration.ofMinutes(1).toNanos();
    }

    @Test
    void aCommentIsDueAnIntervalAfterWhatWasSentLast() {
        assertFalse(comments.becomesDue(afterNs(0), startNs));
        assertFalse(comments.take(() -> true));
        assertFalse(comments.becomesDue(afterNs(1), afterNs(1) - 1), "something was sent since");
        assertTrue(comments.becomesDue(afterNs(1), startNs));
        assertTrue(comments.take(() -> true));
        assertFalse(comments.take(() -> true), "it is sent once");
    }

    @Test
    void aHeadIsSentOnceAndOnlyIfTheTopicHasNotBegun() {
        assertFalse(comments.take(() -> false));
        comments.headBecomesDue();
        assertTrue(comments.take(() -> false));
        assertFalse(comments.take(() -> false));
        comments.headBecomesDue();
        assertFalse(comments.take(() -> true), "the head was sent with the topic");
        assertFalse(comments.take(() -> false));
    }
}
