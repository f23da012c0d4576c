package dev.gapless.internal.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Held;
import dev.gapless.NotHeld;
import dev.gapless.ProducerClosed;
import dev.gapless.PublishTimeout;
import dev.gapless.Receipt;
import dev.gapless.TooManyPending;
import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.producer.ReceiptAnswer;
import dev.gapless.internal.time.Clock;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A log with room for one message, and for one publish that waits. */
class ProducerLogTest {
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.bufferMessages = 1;
        draft.overflow = Overflow.BACKPRESSURE;
        draft.maxPendingPublishes = 1;
    });

    private final Log log = new Log(LogIdentity.fresh(new Epoch(7), 0), SETTINGS, Gate.opened());
    private final ProducerLog producer = new ProducerLog("t", log, SETTINGS, Runnable::run, Clock.SYSTEM);

    private CompletableFuture<Position> publish() {
        return producer.publish(new Content(null, false, Map.of(), Format.NONE, new byte[1]));
    }

    private static Throwable failure(CompletableFuture<?> published) {
        assertTrue(published.isDone());
        return assertThrows(CompletionException.class, published::join).getCause();
    }

    @Test
    void aPublishThatWaitsIsToldThatItsTimeIsOver() {
        log.hold();
        assertEquals(1, publish().join().sequence());
        CompletableFuture<Position> waits = publish();
        assertFalse(waits.isDone());
        log.expireWaiters(Clock.nowNs() + SETTINGS.backpressureTimeoutNs());
        assertEquals(PublishTimeout.class, failure(waits).getClass());
    }

    @Test
    void aPublishBeyondThoseThatMayWaitIsToldAtOnce() {
        log.hold();
        publish().join();
        CompletableFuture<Position> waits = publish();
        assertEquals(TooManyPending.class, failure(publish()).getClass());
        assertFalse(waits.isDone());
        log.release(1, 0);
        assertEquals(2, waits.join().sequence());
    }

    @Test
    void aPublishOfANodeThatIsNotLetInIsToldWhatToCheck() {
        Log shut = new Log(LogIdentity.fresh(new Epoch(7), 0), SETTINGS, new Gate());
        ProducerLog early = new ProducerLog("t", shut, SETTINGS, Runnable::run, Clock.SYSTEM);
        Content content = new Content(null, false, Map.of(), Format.NONE, new byte[1]);
        CompletableFuture<Position> waits = early.publish(content);
        assertFalse(waits.isDone());
        Throwable tooMany = failure(early.publish(content));
        assertEquals(TooManyPending.class, tooMany.getClass());
        assertTrue(tooMany.getMessage().contains("not a member of a cluster yet"), tooMany.getMessage());
        shut.expireWaiters(Clock.nowNs() + SETTINGS.backpressureTimeoutNs());
        Throwable timeout = failure(waits);
        assertEquals(PublishTimeout.class, timeout.getClass());
        assertTrue(timeout.getMessage().contains("pekko.cluster.seed-nodes"), timeout.getMessage());
    }

    @Test
    void aPublishThatWaitsIsToldThatItsNodeTakesNoMore() {
        log.hold();
        publish().join();
        CompletableFuture<Position> waits = publish();
        log.close();
        assertEquals(ProducerClosed.class, failure(waits).getClass());
        assertEquals(ProducerClosed.class, failure(publish()).getClass());
    }

    private static Content content() {
        return new Content(null, false, Map.of(), Format.NONE, new byte[1]);
    }

    /** What becomes of a send on a thread of its own, which waits by then. */
    private CompletableFuture<Thread> sending(AtomicReference<Thread> sender) {
        CompletableFuture<Thread> sent = CompletableFuture.supplyAsync(() -> {
            sender.set(Thread.currentThread());
            producer.send(content());
            return Thread.currentThread();
        });
        long deadlineNs = Clock.nowNs() + Duration.ofSeconds(30).toNanos();
        while (log.waiting() == 0) {
            assertTrue(Clock.nowNs() - deadlineNs < 0, "nobody waits");
            Thread.onSpinWait();
        }
        return sent;
    }

    @Test
    void aSendReturnsWhenTheMessageIsInTheRing() {
        producer.send(content());
        assertEquals(1, log.head());
        log.hold();
        CompletableFuture<Thread> sent = sending(new AtomicReference<>());
        assertFalse(sent.isDone());
        log.release(1, 0);
        assertNotNull(sent.join());
        assertEquals(2, log.head());
    }

    @Test
    void aSendThatIsInterruptedWaitsAndStaysInterrupted() {
        producer.send(content());
        log.hold();
        AtomicReference<Thread> sender = new AtomicReference<>();
        CompletableFuture<Boolean> interrupted =
                sending(sender).thenApply(thread -> Thread.currentThread() == thread && thread.isInterrupted());
        sender.get().interrupt();
        assertFalse(interrupted.isDone());
        log.release(1, 0);
        assertTrue(interrupted.join());
    }

    @Test
    void aSendThrowsWhyItIsRefused() {
        log.hold();
        producer.send(content());
        CompletableFuture<Thread> waits = sending(new AtomicReference<>());
        assertThrows(TooManyPending.class, () -> producer.send(content()));
        log.expireWaiters(Clock.nowNs() + SETTINGS.backpressureTimeoutNs());
        assertEquals(
                PublishTimeout.class,
                assertThrows(CompletionException.class, waits::join).getCause().getClass());
        log.close();
        assertThrows(ProducerClosed.class, () -> producer.send(content()));
    }

    @Test
    void ofAListThoseThatNeedNotWaitAreThereAtOnce() {
        log.hold();
        List<CompletableFuture<Position>> all = producer.publish(List.of(content(), content(), content()));
        assertEquals(1, all.get(0).join().sequence());
        assertFalse(all.get(1).isDone());
        assertEquals(TooManyPending.class, failure(all.get(2)).getClass());
        log.release(1, 0);
        assertEquals(2, all.get(1).join().sequence());
    }

    /** Looks when it is told to, as a shard does; counts how often it was told. */
    private int told;

    private final Log roomy = new Log(LogIdentity.fresh(new Epoch(7), 0), TopicSettings.DEFAULTS, Gate.opened());
    private final ProducerLog quiet = new ProducerLog("t", roomy, TopicSettings.DEFAULTS, Runnable::run, Clock.SYSTEM);

    private void becomesQuiet() {
        quiet.started(() -> told++);
        quiet.look(() -> {});
        told = 0;
    }

    @Test
    void whatIsPublishedAfterAQuietTimeIsLookedAt() {
        becomesQuiet();
        quiet.publish(content()).join();
        assertEquals(1, told);
        quiet.publish(content()).join();
        assertEquals(1, told, "it has been told, and has yet to look");
    }

    @Test
    void aListThatIsPublishedAfterAQuietTimeIsLookedAt() {
        becomesQuiet();
        quiet.publish(List.of(content(), content())).forEach(CompletableFuture::join);
        assertEquals(1, told);
    }

    @Test
    void whatIsSentAfterAQuietTimeIsLookedAt() {
        becomesQuiet();
        quiet.send(content());
        assertEquals(1, told);
    }

    @Test
    void aReceiptThatIsWantedAfterAQuietTimeIsLookedAt() {
        becomesQuiet();
        Position at = quiet.publish(content()).join();
        quiet.look(() -> {});
        assertEquals(1, told);
        CompletableFuture<Held> held = quiet.held(at, at, Receipt.heldByAll(), Duration.ofSeconds(1));
        assertEquals(2, told);
        assertNotNull(quiet.nextReceipt());
        assertNull(quiet.nextReceipt());
        assertFalse(held.isDone());
    }

    @Test
    void aReceiptThatIsAnsweredIsNotKept() {
        Position at = quiet.publish(content()).join();
        WeakReference<Object> answered = new WeakReference<>(answered(at));
        long deadlineNs = Clock.nowNs() + Duration.ofSeconds(30).toNanos();
        while (answered.get() != null) {
            assertTrue(Clock.nowNs() - deadlineNs < 0, "it is kept");
            System.gc();
        }
    }

    /** A receipt that is wanted, and has its answer. */
    private WantedReceipt answered(Position at) {
        CompletableFuture<Held> held = quiet.held(at, at, Receipt.heldByAll(), Duration.ofSeconds(1));
        WantedReceipt wanted = Objects.requireNonNull(quiet.nextReceipt());
        wanted.request(String::valueOf, Runnable::run).answer().accept(new ReceiptAnswer(true, Map.of()));
        assertEquals(Set.of(), held.join().nodes());
        return wanted;
    }

    @Test
    void receiptsGiveTheirPlacesBackHoweverTheyEnd() {
        ProducerLog few = new ProducerLog("t", roomy, SETTINGS, Runnable::run, Clock.SYSTEM); // one place
        Position at = few.publish(content()).join();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Held> held = few.held(at, at, Receipt.heldByAll(), Duration.ofSeconds(1));
            CompletableFuture<Held> tooMany = few.held(at, at, Receipt.heldByAll(), Duration.ofSeconds(1));
            assertEquals(TooManyPending.class, failure(tooMany).getClass());
            boolean isHeld = i == 0;
            Objects.requireNonNull(few.nextReceipt())
                    .request(String::valueOf, Runnable::run)
                    .answer()
                    .accept(new ReceiptAnswer(isHeld, Map.of()));
            assertEquals(isHeld, !held.isCompletedExceptionally());
        }
    }

    @Test
    void aReceiptThatNobodyHasLookedAtWhenTheNodeEndsIsAnswered() {
        Position at = quiet.publish(content()).join();
        CompletableFuture<Held> waits = quiet.held(at, at, Receipt.heldByAll(), Duration.ofHours(1));
        assertFalse(waits.isDone());
        quiet.endReceipts();
        assertEquals(NotHeld.class, failure(waits).getClass());
    }

    @Test
    void whoeverWantsAReceiptOfANodeThatHasEndedIsToldAtOnce() {
        Position at = quiet.publish(content()).join();
        quiet.endReceipts();
        CompletableFuture<Held> late = quiet.held(at, at, Receipt.heldByAll(), Duration.ofHours(1));
        assertEquals(NotHeld.class, failure(late).getClass());
    }

    @Test
    void anInvalidationAfterAQuietTimeIsLookedAt() {
        becomesQuiet();
        var unused = quiet.invalidate("for a test");
        assertEquals(1, told);
    }

    @Test
    void whatIsPublishedDuringALookIsLookedAtAgain() {
        becomesQuiet();
        quiet.publish(content()).join();
        assertEquals(1, told);
        quiet.look(() -> quiet.publish(content()).join());
        assertEquals(2, told);
    }
}
