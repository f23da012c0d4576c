package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.typesafe.config.ConfigFactory;
import dev.gapless.Ended;
import dev.gapless.Lag;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.NamedStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.measure.TopicMeasure;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the status says of subscriptions that wait for their store. */
class WaitingForStoreTest {
    private static final NamedStatus NAMED = new NamedStatus("billing", null, Instant.EPOCH, "it is away");

    private final NodeStats stats = new NodeStats(1, Runnable::run);
    private final Settings settings =
            new Settings(ConfigFactory.load(), WaitingForStoreTest.class.getClassLoader(), "test");
    private final WaitingForStore waiting = new WaitingForStore(stats, settings::topic);
    private final Map<String, ConsumerStatus> consumers = new HashMap<>();

    private static final class Fake implements SubscriptionStats.Subscribing {
        private final String topic;
        private SubscriptionStats.State state;

        Fake(String topic, SubscriptionStats.State state) {
            this.topic = topic;
            this.state = state;
        }

        @Override
        public String topic() {
            return topic;
        }

        @Override
        public SubscriptionStats.State reading() {
            return state;
        }

        @Override
        public boolean isPaused() {
            return false;
        }

        @Override
        public Lag lag() {
            return Lag.NONE;
        }

        @Override
        public long violations() {
            return 0;
        }

        @Override
        public NamedStatus named() {
            return NAMED;
        }
    }

    private SubscriptionStats count(long id, Fake subscription) {
        SubscriptionStats its = new SubscriptionStats(subscription, TopicMeasure.NONE);
        its.begin(id, stats.topic(subscription.topic()));
        return its;
    }

    private static Fake waits(String topic) {
        return new Fake(topic, SubscriptionStats.State.WAITING_FOR_STORE);
    }

    private ConsumerStatus consumer(String topic) {
        return Objects.requireNonNull(consumers.get(topic));
    }

    @Test
    void ofATopicThatIsNotReadYetTheyAreAllThereIs() {
        count(1, waits("orders"));
        waiting.addTo(consumers);
        ConsumerStatus consumer = consumer("orders");
        assertEquals(1, consumer.subscriptionCount());
        SubscriptionStatus subscription = consumer.subscriptions().get(0);
        assertEquals("waiting_for_store", subscription.state());
        assertSame(NAMED, subscription.named());
        assertEquals(List.of(), consumer.registrations());
        assertEquals(settings.topic("orders").mostInFeed(), consumer.maxMessages());
    }

    @Test
    void theyComeBeforeThoseThatAreOpenAndAreCountedWithThem() {
        count(9, waits("orders"));
        waiting.addTo(consumers);
        waiting.addTo(consumers); // as if a shard had said the first
        ConsumerStatus consumer = consumer("orders");
        assertEquals(2, consumer.subscriptionCount());
        for (long id = 10; id <= 300; id++) {
            count(id, waits("orders"));
        }
        waiting.addTo(consumers);
        assertEquals(2 + 292, consumer("orders").subscriptionCount());
        assertEquals(100, consumer("orders").subscriptions().size());
        assertEquals(9, consumer("orders").subscriptions().get(0).id());
    }

    @Test
    void oneThatIsOpenOrHasEndedIsNotAmongThem() {
        Fake open = waits("orders");
        count(1, open);
        open.state = SubscriptionStats.State.OPENING;
        count(2, waits("orders")).ended(Ended.Reason.CANCELLED);
        waiting.addTo(consumers);
        assertNull(consumers.get("orders"));
    }

    @Test
    void theyAreFoundWhereTheirTopicHasNoNumbersOfItsOwn() {
        count(1, waits("orders"));
        count(2, waits("invoices"));
        count(3, waits("returns"));
        waiting.addTo(consumers);
        assertEquals(3, consumers.size());
        assertEquals(3, consumer("returns").subscriptions().get(0).id());
    }
}
