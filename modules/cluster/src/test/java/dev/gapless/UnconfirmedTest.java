package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gapless.core.CursorToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an actor answers. */
class UnconfirmedTest {
    private final List<@Nullable Reload> reloads = new ArrayList<>();
    private final List<@Nullable Throwable> failures = new ArrayList<>();
    private final Unconfirmed<String> unconfirmed = new Unconfirmed<>(
            new CursorExpired<>("t", Instant.EPOCH, List.of(), new CursorToken("t", "c", 0, Map.of())),
            (reload, failure) -> {
                reloads.add(reload);
                failures.add(failure);
            });

    @Test
    void aStageThatFailsIsNoConfirmation() {
        IllegalStateException cause = new IllegalStateException("no database");
        CompletableFuture<Reload> reload = new CompletableFuture<>();
        unconfirmed.confirmWith(reload);
        assertEquals(0, failures.size(), "it is under way");
        reload.completeExceptionally(cause);
        assertEquals(1, failures.size());
        assertSame(cause, failures.get(0));
    }

    @Test
    void aStageThatSucceedsConfirmsWithWhatItSays() {
        Reload upTo = Reload.upTo(new CursorToken("t", "c", 0, Map.of()));
        unconfirmed.confirmWith(CompletableFuture.completedFuture(upTo));
        assertSame(upTo, reloads.get(0));
        assertNull(failures.get(0));
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void aStageOfAnotherClassIsNoConfirmation() {
        unconfirmed.confirmWith((CompletionStage) CompletableFuture.completedFuture("loaded"));
        assertInstanceOf(ClassCastException.class, failures.get(0));
    }
}
