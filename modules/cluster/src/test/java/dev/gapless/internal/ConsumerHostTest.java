package dev.gapless.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.StartFrom;
import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Frame;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToProducer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** One topic's consumer, without an actor system. */
class ConsumerHostTest implements ConsumerHost.Place {
    private static final List<MemberEvent> MEMBERS =
            List.of(new MemberEvent.Present(1, "host:1"), new MemberEvent.Named(1, "p"));

    private final List<ToProducer> sent = new ArrayList<>();
    private final AtomicLong sessions = new AtomicLong();
    private int wakes;
    private int opened;

    @Override
    public long uid() {
        return 20;
    }

    @Override
    public Clock clock() {
        return Clock.SYSTEM;
    }

    @Override
    public LongSupplier sessions() {
        return sessions::incrementAndGet;
    }

    @Override
    public RandomGenerator random() {
        return RandomGenerator.getDefault();
    }

    @Override
    public void send(long toUid, ToProducer message) {
        sent.add(message);
    }

    @Override
    public void missed(String topic, String node, long reader, Reason reason, Position behind, Position upTo) {}

    /** A subscription that reads nothing, however often it is woken. */
    private final class Stuck implements SubscriptionListener {
        private final SubscriptionHandle handle =
                new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);

        @Override
        public SubscriptionStats stats() {
            return handle.stats();
        }

        @Override
        public void opened(SubscriptionState state, Order.Desk desk) {
            opened++;
        }

        @Override
        public void wake() {
            wakes++;
        }

        @Override
        public void ready(Set<String> silent) {}

        @Override
        public void shutdown() {}

        @Override
        public void refused(RuntimeException cause) {}
    }

    @Test
    void opensOneSubscriptionWithoutLookingAtTheOthers() {
        ConsumerHost consumer =
                new ConsumerHost("t", TopicSettings.DEFAULTS, new Opening.Earliest(), TopicStats.NONE, this);
        consumer.begin(MEMBERS, MEMBERS);
        consumer.open(1, new Opening.Earliest(), new Stuck(), order -> {});
        Register register = (Register) sent.get(0);
        consumer.onMessage(new Registered("t", 0, register.session(), LogIdentity.fresh(new Epoch(7), 0), 1, 1, 1));
        Frame frame = new Frame(1, 0, Content.of(1, "", new byte[1]));
        consumer.onMessage(new Batch("t", 0, register.session(), 1, 1, List.of(frame)));
        wakes = 0;

        for (int id = 2; id <= 1_001; id++) {
            consumer.open(id, new Opening.Earliest(), new Stuck(), order -> {});
        }
        assertEquals(1_001, opened);
        assertEquals(1_000, wakes, "each new one has something to read; the others have nothing new");
    }
}
