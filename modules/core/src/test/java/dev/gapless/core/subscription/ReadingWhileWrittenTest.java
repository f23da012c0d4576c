package dev.gapless.core.subscription;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A subscription reads the feed while its writer is at work. */
class ReadingWhileWrittenTest {
    private static final int RESTARTS = 4_000;

    private static Era era(long restart) {
        return new Era("p", 2 * restart, new Epoch(restart), 1);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @DisplayName("lagIsSilent, G1: an expiry that is just being written is not passed over")
    void noExpiryIsPassedOverWhileItIsWritten() throws InterruptedException {
        Feed feed = new Feed(Given.ring(64));
        feed.started(era(1), 0);
        SubscriptionState subscription = SubscriptionState.live(feed, 1, Vector.EMPTY, Given.ring(64), 0);
        AtomicLong reached = new AtomicLong(1);
        Thread writer = new Thread(() -> {
            for (long restart = 2; restart <= RESTARTS; restart++) {
                while (reached.get() < restart - 1) {
                    Thread.onSpinWait(); // until the reader is level, and looks for what comes next
                }
                feed.expired(new Placed(era(restart), 0), Reason.PRODUCER_RESTARTED, 0);
                feed.messages(era(restart), Given.frames(1, 1));
            }
        });
        writer.start();
        long told = 0;
        long given = 0;
        while (given < RESTARTS) {
            Step step = subscription.next(0);
            if (step instanceof Step.Missed) {
                subscription.reloaded(null);
                told = subscription.positions().get("p").era().number() / 2;
            } else if (step instanceof Step.Messages messages) {
                for (FeedEntry.Message message : messages.run().messages()) {
                    given = message.era().number() / 2;
                    assertTrue(given <= told, "restart " + given + " was passed over, told of " + told);
                }
                messages.run().handled(messages.run().messages().size());
                reached.set(given);
            }
        }
        writer.join();
        assertEquals(0, subscription.violations());
    }
}
