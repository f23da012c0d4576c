package dev.gapless.core.consumer;

import java.util.LinkedHashSet;
import java.util.Set;

/** A reader beside the shared one, and the subscriptions that read its feed. It ends with the last of them. */
final class CatchUpReader {
    final TopicReader reader;
    final Set<OpenSubscription> subscriptions = new LinkedHashSet<>();
    private long readUpTo;
    private long movedNs;

    CatchUpReader(TopicReader reader, long nowNs) {
        this.reader = reader;
        this.movedNs = nowNs;
    }

    /** For how long none of its subscriptions has read anything that there was to read. */
    long stillNs(long nowNs) {
        long upTo = 0;
        boolean idle = true;
        for (OpenSubscription one : subscriptions) {
            upTo += one.subscription.oldestUnread();
            idle &= one.subscription.lag() == 0;
        }
        if (upTo != readUpTo || idle) {
            readUpTo = upTo;
            movedNs = nowNs;
        }
        return nowNs - movedNs;
    }
}
