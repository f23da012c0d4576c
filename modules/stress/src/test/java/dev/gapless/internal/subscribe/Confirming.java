package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.Payload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.topic.CopiedTopic;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Wakeup;
import dev.gapless.internal.wire.Codec;
import dev.gapless.stress.Given;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SubscriptionLoop} with a recipient that counts what it has dealt with, and three messages to read. {@link #token} is for any thread,
 * the rest for the reader's.
 */
final class Confirming implements SubscriptionLoop.Place, SubscriptionHost {
    static final int MESSAGES = 3;

    private static final Topic<Payload> TOPIC = Topic.of("t", Payload.class);
    private static final Decoder PAYLOADS = new Decoder(
            new Codec(() -> {
                throw new IllegalStateException("Payloads pass as they are");
            }),
            0);

    private final SubscriptionHandle handle =
            new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);
    private final SubscriptionLoop<Payload> loop;
    private final Cue opened;
    /** How many messages the recipient has dealt with: counted before it says so. */
    private final AtomicInteger confirmed = new AtomicInteger();

    Confirming(Recipient<Payload> recipient) {
        CopiedTopic topic = new CopiedTopic(Given.settings(8, Overflow.EXPIRE));
        for (int sequence = 1; sequence <= MESSAGES; sequence++) {
            topic.push(sequence);
        }
        SubscriptionState state = topic.read();
        SubscriptionSpec<Payload> reading =
                new SubscriptionSpec<>(TOPIC, SubscriptionSettings.defaults(), 1, recipient, handle);
        this.loop = new SubscriptionLoop<>(reading, this, new Wakeup(), this);
        this.opened = new Cue.Opened(state, feedback -> {});
    }

    /** Opens the subscription, which gives the recipient as much as it may hold. */
    void open() {
        loop.on(opened);
    }

    /** The recipient counts a message that it has dealt with. */
    void count() {
        confirmed.incrementAndGet();
    }

    /** The recipient has dealt with the message of this number. */
    void confirm(long number) {
        count();
        loop.on(new Cue.Settled(number, Outcome.DONE));
    }

    /** Where a token that is taken now resumes, seen against what was dealt with by then. */
    String token() {
        Position at = handle.token().positions().get("p");
        return at == null || at.sequence() <= confirmed.get() ? "not ahead" : "ahead";
    }

    @Override
    public void tell(Cue cue) {}

    @Override
    public void tellAfter(Duration wait) {}

    @Override
    public <T> SubscriptionHandle handle(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        return handle;
    }

    @Override
    public long nextSubscription() {
        return 1;
    }

    @Override
    public <T> EventReader<T> reader(
            Topic<T> topic, SubscriptionSettings settings, long id, SubscriptionState state, Feedback.Sink feedback) {
        return new EventReader<>(topic, id, state, feedback, new Filter(settings), PAYLOADS, "c", Clock.SYSTEM);
    }

    @Override
    public void openSubscription(
            String topic, long id, StartFrom start, Filter filter, SubscriptionListener listener) {}

    @Override
    public void closeSubscription(String topic, long id) {}

    @Override
    public boolean isClosing() {
        return false;
    }

    /** Holds so many events until they are confirmed, as an actor does. */
    record Holding(int window) implements Recipient<Payload> {
        @Override
        public @Nullable Outcome give(Event<Payload> event, long number, Receipts receipts) {
            return null;
        }

        @Override
        public OnFailure failed(Event<Payload> event, Throwable cause) {
            return OnFailure.STOP;
        }

        @Override
        public void ended(Ended<Payload> ended) {}

        @Override
        public @Nullable ActorRef<?> owner() {
            return null;
        }
    }
}
