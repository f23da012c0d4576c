package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import dev.gapless.core.CursorToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What applications call and implement, by itself. */
class UnconfirmedTest {
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
        unconfirmed.confirm(Reload.upTo(TOKEN));
        unconfirmed.fail(failure);
        assertEquals(
                List.of(
                        Arrays.asList(null, null),
                        Arrays.asList(Reload.upTo(TOKEN), null),
                        Arrays.asList(null, failure)),
                answers);
    }

    @Test
    void anEndThatNobodyHandlesIsLoggedAsAnErrorIfItIsAFailure() {
        MessageHandler<Integer> handler = new MessageHandler<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) {}

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }
        };
        try (Logged logged = new Logged()) {
            handler.onEnded(ended("failed", Ended.Reason.FAILED, new IOException()));
            handler.onEnded(ended("cancelled", Ended.Reason.CANCELLED, null));
            assertEquals(
                    List.of("The subscription to topic failed has ended; its token is " + TOKEN),
                    logged.lines(Level.ERROR));
        }
    }
}
