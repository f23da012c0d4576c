package dev.gapless.core.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a consumer says of itself. */
class PlacesConsumerTest {
    private static final Now NOW = new Now(1_000, 0);

    @Test
    @DisplayName("what subscriptions were told counts, by reason, also when they are closed")
    void expiries() {
        ResponseTimes times = new ResponseTimes(() -> 1, new SplittableRandom(1));
        PlacesConsumer consumer = new PlacesConsumer(Given.TOPIC, 1, Given.ring(100), times, new Outbox());
        consumer.begin(new MemberView(Set.of(1L), List.of(), true, HistoryView.NOTHING), NOW);
        CursorToken ofNobody = new CursorToken(Given.TOPIC, "c", 0, HistoryId.UNKNOWN, List.of(), 0);
        SubscriptionState subscription = consumer.open(1, new Opening.Resume(ofNobody), NOW);
        Now later = new Now(1_000 + 60_000, 60_000_000_000L);
        consumer.onTime(later);
        assertEquals(Map.of(), consumer.expiries());
        assertInstanceOf(Step.Missed.class, subscription.next(later.ns()));
        consumer.close(1);
        assertEquals(Map.of(Reason.POSITION_UNKNOWN, 1L), consumer.expiries());
    }
}
