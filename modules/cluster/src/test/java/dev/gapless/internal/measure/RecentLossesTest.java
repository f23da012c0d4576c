package dev.gapless.internal.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.NodeStatus.Loss;
import dev.gapless.core.Reason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentLossesTest {
    private final RecentLosses losses = new RecentLosses();

    private static Loss loss(long ms, int subscription, long first) {
        int subscriptions = subscription == 0 ? 0 : 1;
        return new Loss(
                Instant.ofEpochMilli(ms), "t", "p", "c", subscriptions, subscription, null, Reason.OVERRUN, first, 9L);
    }

    @Test
    void subscriptionsThatMissTheSameAreOneLossWithTheTimeOfTheLast() {
        losses.add(loss(1, 7, 43));
        losses.add(loss(2, 1, 52));
        losses.add(loss(3, 8, 43));
        List<Loss> all = losses.all();
        assertEquals(2, all.size());
        Loss same = all.get(1);
        assertEquals(2, same.subscriptions());
        assertEquals(8, same.subscription());
        assertEquals(Instant.ofEpochMilli(3), same.time());
        assertEquals(52L, all.get(0).first());
    }

    @Test
    void whatAProducerTellsANodeIsAnotherLossThanWhatItsSubscriptionsAreTold() {
        losses.add(loss(1, 0, 43));
        losses.add(loss(2, 7, 43));
        assertEquals(2, losses.all().size());
    }

    @Test
    void theOldestGoFirst() {
        for (int i = 1; i <= RecentLosses.MOST + 5; i++) {
            losses.add(loss(i, 7, i));
        }
        List<Loss> all = losses.all();
        assertEquals(RecentLosses.MOST, all.size());
        assertEquals(6L, all.get(0).first());
        assertEquals(RecentLosses.MOST + 5L, all.get(all.size() - 1).first());
    }
}
