package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What applications call and implement, without a node. */
class ApplicationTypesTest {
    private static final CursorToken TOKEN = new CursorToken("t", "c", 0, Map.of());

    private final List<List<Object>> answers = new ArrayList<>();
    private final Unconfirmed<Integer> unconfirmed = new Unconfirmed<>(
            ended("t", Ended.Reason.CANCELLED, null), (reload, failure) -> answers.add(Arrays.asList(reload, failure)));

    private static Ended<Integer> ended(String topic, Ended.Reason reason, @Nullable Throwable cause) {
        return new Ended<>(topic, reason, cause, TOKEN);
    }

    @Test
    void eachAnswerIsPassedOnAsItIs() {
        IOException failure = new IOException();
        unconfirmed.confirm();
        unconfirmed.confirm(Reload.done());
        unconfirmed.confirm(Reload.upTo(TOKEN));
        unconfirmed.fail(failure);
        assertEquals(
                List.of(
                        Arrays.asList(null, null),
                        Arrays.asList(Reload.done(), null),
                        Arrays.asList(Reload.upTo(TOKEN), null),
                        Arrays.asList(null, failure)),
                answers);
    }

    @Test
    void aDeliveryThatATestMakesTellsWhatItWasGiven() {
        Position position = new Position(new Epoch(3), 4);
        Instant time = Instant.ofEpochMilli(5);
        Delivery<Integer> delivery = new Delivery<>("t", "n1", position, time, "k", Map.of("a", "b"), 6, () -> TOKEN);
        assertEquals(
                List.of("t", "n1", position, time, "k", Map.of("a", "b"), 6, TOKEN),
                List.of(
                        delivery.topic(),
                        delivery.node(),
                        delivery.position(),
                        delivery.time(),
                        Objects.requireNonNull(delivery.key()),
                        delivery.headers(),
                        Objects.requireNonNull(delivery.message()),
                        delivery.token()));
    }

    private static final MessageHandler<Integer> HANDLER = new MessageHandler<>() {
        @Override
        public void onMessage(Delivery<Integer> delivery) {}

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }
    };

    @Test
    void aMessageThatCannotBeDecodedEndsTheSubscriptionUnlessTheHandlerSaysOtherwise() {
        Payload payload = new Payload(1, "", new byte[0]);
        Position position = new Position(new Epoch(1), 1);
        assertEquals(
                OnFailure.STOP,
                HANDLER.onUndecodable(new Undecodable<>(
                        "t", "p", position, Instant.EPOCH, null, payload, new IOException(), () -> TOKEN)));
    }

    @Test
    void aTokenThatNamesMoreProducersThanCanBeWaitedForIsRefusedWhereItIsGiven() {
        Map<String, Position> positions = new HashMap<>();
        for (int i = 0; i <= Limits.MAX_TOKEN_POSITIONS; i++) {
            positions.put("node-" + i, new Position(new Epoch(1 + i), 1));
        }
        CursorToken token = new CursorToken("t", "c", 0, positions);
        assertThrows(IllegalArgumentException.class, () -> StartFrom.token(token));
    }

    @Test
    void anEndThatNobodyHandlesIsLoggedAsAnErrorIfItIsAFailure() {
        try (Logged logged = new Logged()) {
            HANDLER.onEnded(ended("failed", Ended.Reason.FAILED, new IOException()));
            HANDLER.onEnded(ended("cancelled", Ended.Reason.CANCELLED, null));
            assertEquals(
                    List.of("The subscription to topic failed has ended; its token is " + TOKEN),
                    logged.lines(Level.ERROR));
        }
    }
}
