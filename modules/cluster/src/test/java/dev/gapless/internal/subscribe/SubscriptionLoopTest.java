package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.Payload;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.log.Content;
import dev.gapless.internal.Slices;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Wakeup;
import dev.gapless.internal.wire.Codec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A subscription of the core, in one thread: what its recipient is given, and when. */
class SubscriptionLoopTest implements SubscriptionHost, SubscriptionLoop.Place, Recipient<Payload> {
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.reloadJitterNs = 0;
        draft.reloadIntervalNs = 0;
    });
    private static final Topic<Payload> TOPIC = Topic.of("t", Payload.class);

    private final OneTopic topic = new OneTopic(SETTINGS);
    private final OneTopic.Copied producer = topic.producer("p", 7);
    private final SubscriptionState state = topic.read();
    private final SubscriptionHandle handle =
            new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);

    private final List<Event<Payload>> given = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<Ended<Payload>> ended = new ArrayList<>();
    private final Queue<Cue> announced = new ArrayDeque<>();
    private int waits;
    private int window = 4;
    /** What the recipient does with what it is given; null if it is told later. */
    private @Nullable Outcome atOnce;

    private OnFailure answer = OnFailure.STOP;
    private Runnable whenGiven = () -> {};

    private SubscriptionLoop<Payload> loop(SubscriptionSettings settings) {
        return new SubscriptionLoop<>(
                new SubscriptionSpec<>(TOPIC, settings, 1, this, handle), this, new Wakeup(), this);
    }

    private SubscriptionLoop<Payload> opened() {
        SubscriptionLoop<Payload> loop = loop(SubscriptionSettings.defaults());
        loop.on(new Cue.Opened(state, feedback -> {}));
        return loop;
    }

    private void publish(long from, long to) {
        for (long sequence = from; sequence <= to; sequence++) {
            producer.pushes(sequence, Slices.of(0, Content.of(1, "", new byte[] {(byte) sequence})));
        }
    }

    /** The recipient is done with the one that it was given as this one, counted from 0. */
    private void settle(SubscriptionLoop<Payload> loop, int index, Outcome outcome) {
        loop.on(new Cue.Settled(numbers.get(index), outcome));
    }

    private List<Long> sequences() {
        return given.stream()
                .filter(event -> event instanceof Delivery)
                .map(event -> ((Delivery<Payload>) event).position().sequence())
                .toList();
    }

    private long tokenAt() {
        return handle.token().positions().get("p").sequence();
    }

    // ------------------------------------------------------------------ what is guaranteed

    @Test
    void anExpiryComesOnceAllInFrontOfItIsConfirmedAndNothingBeforeItsReloadHasSucceeded() {
        publish(1, 2);
        SubscriptionLoop<Payload> loop = opened();
        assertEquals(List.of(1L, 2L), sequences());
        producer.overwrites(10);
        publish(11, 11);
        settle(loop, 0, Outcome.DONE);
        loop.on(Cue.Plain.LOOK);
        assertEquals(2, given.size(), "the second is not confirmed");
        settle(loop, 1, Outcome.DONE);
        assertEquals(3, given.size());
        CursorExpired<?> expired = assertInstanceOf(CursorExpired.class, given.get(2));
        assertEquals(3, expired.gaps().get(0).firstMissing());
        assertEquals(8, expired.gaps().get(0).missed());
        publish(12, 12);
        loop.on(Cue.Plain.LOOK);
        assertEquals(3, given.size(), "the reload is under way");
        assertEquals(2, tokenAt(), "in front of the gap");
        settle(loop, 2, Outcome.reloaded(Reload.done()));
        assertEquals(List.of(1L, 2L, 11L, 12L), sequences());
    }

    @Test
    void aReloadThatFailsComesAgainAfterAWhileAndNothingBeforeIt() {
        producer.overwrites(10);
        publish(11, 11);
        SubscriptionLoop<Payload> loop = opened();
        settle(loop, 0, Outcome.failed(new IllegalStateException("no database")));
        assertEquals(1, waits);
        loop.on(Cue.Plain.LOOK);
        assertEquals(1, given.size(), "its time has not come");
        loop.on(Cue.Plain.TIME);
        assertEquals(List.of(given.get(0), given.get(0)), given);
        settle(loop, 1, Outcome.reloaded(Reload.done()));
        assertEquals(List.of(11L), sequences());
    }

    @Test
    void noMoreThanTheWindowIsHeldWhateverIsDealtWithBehindTheOldest() {
        window = 2;
        publish(1, 5);
        SubscriptionLoop<Payload> loop = opened();
        assertEquals(2, given.size());
        settle(loop, 1, Outcome.DONE);
        assertEquals(2, given.size());
        assertEquals(0, tokenAt(), "in front of the first");
        settle(loop, 0, Outcome.DONE);
        assertEquals(4, given.size());
        assertEquals(2, tokenAt());
    }

    @Test
    void whatFailsEndsTheSubscriptionInFrontOfItUnlessItsRecipientSkips() {
        publish(1, 3);
        answer = OnFailure.SKIP;
        SubscriptionLoop<Payload> loop = opened();
        settle(loop, 0, Outcome.failed(new IllegalStateException("skipped")));
        assertEquals(List.of(), ended);
        assertEquals(1, tokenAt());
        answer = OnFailure.STOP;
        IllegalStateException cause = new IllegalStateException("not skipped");
        settle(loop, 1, Outcome.failed(cause));
        assertEquals(Ended.Reason.FAILED, ended.get(0).reason());
        assertEquals(cause, ended.get(0).cause());
        assertEquals(1, ended.get(0).token().positions().get("p").sequence());
        assertEquals(1, tokenAt(), "also of the handle, after the end");
        assertTrue(loop.hasEnded());
    }

    @Test
    void nothingIsGivenWhileItIsPaused() {
        SubscriptionLoop<Payload> loop = opened();
        handle.pause();
        publish(1, 2);
        loop.on(Cue.Plain.LOOK);
        assertEquals(0, given.size());
        handle.resume();
        loop.on(Cue.Plain.LOOK);
        assertEquals(2, given.size());
    }

    @Test
    void ofManyMessagesATurnGivesSomeAndHasItselfCalledForTheOthers() {
        atOnce = Outcome.DONE;
        publish(1, 1_000);
        SubscriptionLoop<Payload> loop = opened();
        assertTrue(given.size() < 1_000, "others have a turn, too");
        for (Cue cue = announced.poll(); cue != null; cue = announced.poll()) {
            loop.on(cue);
        }
        assertEquals(1_000, given.size());
        assertEquals(1_000, tokenAt());
    }

    @Test
    void whoCancelsWhileItIsGivenSomethingIsGivenNothingElse() {
        atOnce = Outcome.DONE;
        whenGiven = () -> handle.cancel();
        publish(1, 3);
        SubscriptionLoop<Payload> loop = opened();
        assertEquals(1, given.size());
        assertEquals(Ended.Reason.CANCELLED, ended.get(0).reason());
        loop.on(new Cue.Ending(Ended.Reason.CANCELLED, null));
        assertEquals(1, ended.size());
        assertEquals(1, tokenAt());
    }

    @Test
    void whoLoadsFirstIsGivenNothingBeforeTheLoadHasSucceeded() {
        publish(1, 1);
        SubscriptionLoop<Payload> loop = loop(SubscriptionSettings.defaults().loadFirst());
        loop.on(new Cue.Opened(state, feedback -> {}));
        assertEquals(0, given.size(), "it has no position yet");
        loop.on(new Cue.Positioned(new Ready(Set.of())));
        assertEquals(
                List.of(), assertInstanceOf(CursorExpired.class, given.get(0)).gaps());
        loop.on(Cue.Plain.LOOK);
        assertEquals(1, given.size());
        settle(loop, 0, Outcome.reloaded(Reload.done()));
        assertEquals(List.of(1L), sequences());
    }

    // ------------------------------------------------------------------ the recipient

    @Override
    public int window() {
        return window;
    }

    @Override
    public @Nullable Outcome give(Event<Payload> event, long number, Receipts receipts) {
        given.add(event);
        numbers.add(number);
        whenGiven.run();
        return atOnce;
    }

    @Override
    public OnFailure failed(Event<Payload> event, Throwable cause) {
        return answer;
    }

    @Override
    public void ended(Ended<Payload> end) {
        ended.add(end);
    }

    @Override
    public @Nullable ActorRef<?> owner() {
        return null;
    }

    // ------------------------------------------------------------------ where it runs

    @Override
    public void tell(Cue cue) {
        announced.add(cue);
    }

    @Override
    public void tellAfter(Duration wait) {
        waits++;
    }

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
            Topic<T> topic, SubscriptionSettings settings, long id, SubscriptionState of, Feedback.Sink feedback) {
        Codec codec = new Codec(() -> {
            throw new IllegalStateException("payloads pass as they are");
        });
        return new EventReader<>(
                topic, id, of, feedback, new Filter(settings), new Decoder(codec, 0), "c", Clock.SYSTEM);
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
}
