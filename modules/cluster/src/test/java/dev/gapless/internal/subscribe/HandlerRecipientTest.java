package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.MessageHandler;
import dev.gapless.OnFailure;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.Reload;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.internal.trace.Untraced;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handler throws is a failure of that event, and of nothing else. */
class HandlerRecipientTest {
    private static final CursorToken TOKEN = new CursorToken("t", "c", 0, Map.of());
    private static final Delivery<Integer> MESSAGE =
            new Delivery<>("t", "p", new Position(new Epoch(1), 1), Instant.EPOCH, null, Map.of(), 1, () -> TOKEN);
    private static final Gap GAP = new Gap("p", Reason.OVERRUN, new Epoch(1), 1L, 1L, new Position(new Epoch(1), 2));
    private static final Ended<Integer> ENDED = new Ended<>("t", Ended.Reason.CANCELLED, null, TOKEN);

    @AfterEach
    void clearTheFlag() {
        var unused = Thread.interrupted();
    }

    /** Does the same with whatever it is called with. */
    private static class Failing implements MessageHandler<Integer> {
        private final Throwable failure;

        Failing(Throwable failure) {
            this.failure = failure;
        }

        void fail() {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            } else if (failure instanceof StackOverflowError) {
                overflow(1);
            }
            Failing.<RuntimeException>sneak(failure);
        }

        private static int overflow(int depth) {
            return depth < 0 ? depth : overflow(depth + 1) + 1;
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> void sneak(Throwable failure) throws X {
            throw (X) failure;
        }

        @Override
        public void onMessage(Delivery<Integer> delivery) {
            fail();
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }

        @Override
        public OnFailure onFailure(Delivery<Integer> delivery, Throwable cause) {
            fail();
            return OnFailure.SKIP;
        }

        @Override
        public void onEnded(Ended<Integer> ended) {
            fail();
        }
    }

    private static Throwable failureOf(Throwable thrown) {
        return new HandlerRecipient<>(Untraced.OFF, new Failing(thrown))
                .give(MESSAGE, 1, (number, outcome) -> {})
                .failure();
    }

    @Test
    void anInterruptOfOneMessageIsNoneOfTheNext() {
        for (Throwable failure : new Throwable[] {new InterruptedException("once"), new IOException("once")}) {
            assertSame(failure, failureOf(failure));
            assertFalse(Thread.currentThread().isInterrupted());
        }
        HandlerRecipient<Integer> recipient =
                new HandlerRecipient<>(Untraced.OFF, new Failing(new InterruptedException()));
        assertEquals(OnFailure.STOP, recipient.failed(MESSAGE, new IOException()));
        recipient.ended(ENDED);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    /** Leaves the flag behind, whatever it is called with. */
    private static final class Interrupting implements MessageHandler<Integer> {
        final List<Event<Integer>> given = new ArrayList<>();

        private void interrupt(Event<Integer> event) {
            given.add(event);
            Thread.currentThread().interrupt();
        }

        @Override
        public void onMessage(Delivery<Integer> delivery) {
            interrupt(delivery);
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            interrupt(expired);
            return CompletableFuture.completedFuture(Reload.done());
        }

        @Override
        public void onProducerLeft(ProducerLeft<Integer> left) {
            interrupt(left);
        }

        @Override
        public OnFailure onUndecodable(Undecodable<Integer> undecodable) {
            interrupt(undecodable);
            return OnFailure.SKIP;
        }
    }

    @Test
    void eachEventIsHandedOverAndAnInterruptThatTheHandlerLeavesBehindIsNoneOfTheNext() {
        Position position = MESSAGE.position();
        for (Event<Integer> event : List.<Event<Integer>>of(
                MESSAGE,
                new CursorExpired<>("t", Instant.EPOCH, List.of(), TOKEN),
                new ProducerLeft<>("t", "p", position, TOKEN),
                new Undecodable<>(
                        "t",
                        "p",
                        position,
                        Instant.EPOCH,
                        null,
                        new Payload(1, "", new byte[0]),
                        new IOException(),
                        () -> TOKEN))) {
            Interrupting handler = new Interrupting();
            assertNull(new HandlerRecipient<>(Untraced.OFF, handler)
                    .give(event, 1, (number, later) -> {})
                    .failure());
            assertEquals(List.of(event), handler.given);
            assertFalse(Thread.currentThread().isInterrupted(), event.toString());
        }
    }

    @Test
    void anInterruptFromOutsideStays() {
        Thread.currentThread().interrupt();
        Throwable failure = new IOException();
        assertSame(failure, failureOf(failure));
        assertTrue(Thread.currentThread().isInterrupted());
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                StackOverflowError.class,
                NoClassDefFoundError.class,
                AssertionError.class,
                Error.class,
                Exception.class
            })
    void whatIsNotFatalIsAFailureOfThisEventAlone(Class<? extends Throwable> type) throws Exception {
        Throwable failure = type.getDeclaredConstructor().newInstance();
        assertInstanceOf(type, failureOf(failure));
        HandlerRecipient<Integer> recipient = new HandlerRecipient<>(Untraced.OFF, new Failing(failure));
        assertEquals(OnFailure.STOP, recipient.failed(MESSAGE, new IOException()));
        recipient.ended(ENDED);
        assertInstanceOf(
                type,
                new ActorRecipient<Integer, Object>(
                                Untraced.OFF,
                                null,
                                unconfirmed -> {
                                    new Failing(failure).fail();
                                    return unconfirmed;
                                },
                                1)
                        .give(MESSAGE, 1, (number, outcome) -> {})
                        .failure());
    }

    @Test
    void aJvmThatCannotGoOnDoesNot() {
        OutOfMemoryError fatal = new OutOfMemoryError("a test's");
        assertThrows(OutOfMemoryError.class, () -> failureOf(fatal));
        ActorRecipient<Integer, Object> actor = new ActorRecipient<>(
                Untraced.OFF,
                null,
                unconfirmed -> {
                    throw fatal;
                },
                1);
        assertThrows(OutOfMemoryError.class, () -> actor.give(MESSAGE, 1, (number, outcome) -> {}));
    }

    @Test
    void onFailureThatAnswersNullStops() {
        HandlerRecipient<Integer> recipient = new HandlerRecipient<>(Untraced.OFF, new Failing(new IOException()) {
            @Override
            public OnFailure onFailure(Delivery<Integer> delivery, Throwable cause) {
                return null;
            }
        });
        assertEquals(OnFailure.STOP, recipient.failed(MESSAGE, new IOException()));
    }

    @Test
    void onUndecodableThatAnswersNullStops() {
        HandlerRecipient<Integer> recipient = new HandlerRecipient<>(Untraced.OFF, new Failing(new IOException()) {
            @Override
            public OnFailure onUndecodable(Undecodable<Integer> undecodable) {
                return null;
            }
        });
        IOException cause = new IOException();
        Undecodable<Integer> undecodable = new Undecodable<>(
                "t", "p", MESSAGE.position(), Instant.EPOCH, null, new Payload(1, "", new byte[0]), cause, () -> TOKEN);
        assertSame(
                cause, recipient.give(undecodable, 1, (number, outcome) -> {}).failure());
    }

    @ParameterizedTest
    @MethodSource("completedStages")
    void whatHasCompletedIsDoneAtOnceWhateverItsKind(CompletionStage<Reload> stage) {
        HandlerRecipient<Integer> recipient = new HandlerRecipient<>(Untraced.OFF, new Failing(new IOException()) {
            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return stage;
            }
        });
        Outcome outcome =
                recipient.give(new CursorExpired<>("t", Instant.EPOCH, List.of(GAP), TOKEN), 1, (number, later) -> {});
        assertEquals(Outcome.reloaded(Reload.done()), outcome);
    }

    static List<CompletionStage<Reload>> completedStages() {
        return List.of(
                CompletableFuture.completedFuture(Reload.done()),
                CompletableFuture.completedStage(Reload.done()),
                CompletableFuture.completedFuture(Reload.done()).minimalCompletionStage(),
                new CompletableFuture<Reload>().completeAsync(Reload::done, Runnable::run));
    }

    @Test
    void aStageThatCompletesLaterTellsTheReceiptsOnce() {
        CompletableFuture<Reload> later = new CompletableFuture<>();
        HandlerRecipient<Integer> recipient = new HandlerRecipient<>(Untraced.OFF, new Failing(new IOException()) {
            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return later.minimalCompletionStage();
            }
        });
        List<Outcome> receipts = new ArrayList<>();
        assertNull(recipient.give(
                new CursorExpired<>("t", Instant.EPOCH, List.of(GAP), TOKEN),
                1,
                (number, outcome) -> receipts.add(outcome)));
        assertEquals(List.of(), receipts);
        later.complete(Reload.done());
        assertEquals(List.of(Outcome.reloaded(Reload.done())), receipts);
    }
}
