package dev.gapless.internal.fence;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.gapless.Logged;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nothing that the application hands over harms the one who touches it. */
class FenceTest {
    private static final Logger LOG = LoggerFactory.getLogger(FenceTest.class);

    private final List<Object> told = new ArrayList<>();

    private void tell(CompletionStage<?> stage) {
        Fence.whenComplete(stage, "the stage", (value, failure) -> told.add(failure == null ? value : failure));
    }

    @Test
    void aStageThatHasCompletedTellsItsValueWhateverItsKind() {
        for (CompletionStage<String> stage : List.of(
                CompletableFuture.completedFuture("done"),
                CompletableFuture.completedStage("done"),
                CompletableFuture.completedFuture("done").minimalCompletionStage(),
                CompletableFuture.completedFuture("done").thenApply(done -> done))) {
            tell(stage);
        }
        assertEquals(List.of("done", "done", "done", "done"), told);
    }

    @Test
    void aStageThatCompletesLaterTellsWhatItFailedWithAndNotItsWrapping() {
        CompletableFuture<String> later = new CompletableFuture<>();
        tell(later.thenApply(done -> done).minimalCompletionStage());
        assertTrue(told.isEmpty());
        Exception failure = new Exception("no database");
        later.completeExceptionally(failure);
        assertEquals(1, told.size());
        assertSame(failure, told.get(0));
    }

    @Test
    void aStageThatIsNullHasFailed() {
        tell(null);
        assertEquals(
                "the stage is null, and no stage",
                assertInstanceOf(NullPointerException.class, told.get(0)).getMessage());
    }

    @Test
    void aStageThatRefusesToBeWaitedForHasFailed() {
        tell(stage(call -> {
            throw new UnsupportedOperationException("not here");
        }));
        IllegalStateException failure = assertInstanceOf(IllegalStateException.class, told.get(0));
        assertTrue(failure.getMessage().startsWith("the stage cannot be waited for: "), failure.getMessage());
    }

    @Test
    void aStageThatCompletesTwiceIsToldOnce() {
        tell(stage(told -> {
            told.accept("first", null);
            told.accept("second", null);
        }));
        assertEquals(List.of("first"), told);
    }

    /** One whose whenComplete does this. */
    @SuppressWarnings("unchecked")
    private static CompletionStage<String> stage(Consumer<BiConsumer<Object, Throwable>> whenComplete) {
        return (CompletionStage<String>) Proxy.newProxyInstance(
                FenceTest.class.getClassLoader(),
                new Class<?>[] {CompletionStage.class},
                (proxy, method, arguments) -> {
                    whenComplete.accept((BiConsumer<Object, Throwable>) arguments[0]);
                    return proxy;
                });
    }

    /** Throws at each question. */
    private static final class Mute extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new Mute();
        }

        @Override
        public synchronized Throwable getCause() {
            throw new Mute();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new Mute();
        }

        @Override
        public String toString() {
            throw new Mute();
        }
    }

    /** Throws when it is asked for its message alone. */
    private static final class Wordless extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no words");
        }
    }

    private static Throwable nested(int deep) {
        Throwable nested = new Exception("the first");
        for (int i = 0; i < deep; i++) {
            nested = new Exception("wrapped", nested);
        }
        return nested;
    }

    static Stream<Throwable> throwables() {
        Exception circle = new Exception("in a circle", new Exception("of two"));
        circle.getCause().initCause(circle);
        return Stream.of(
                new Exception("plain"),
                nested(5_000),
                circle,
                new Mute(),
                new Wordless(),
                new Exception("of", new Wordless()));
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void whateverWasThrownLeavesALine(Throwable thrown) {
        try (Logged logged = new Logged()) {
            assertDoesNotThrow(() -> Fence.log(thrown, shown -> LOG.warn("It failed at {}", 7, shown)));
            assertEquals(1, logged.lines(Level.WARN, "It failed at 7").size());
        }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void aFunctionThatThrowsItHasFailedWithIt(Throwable thrown) {
        Throwable failure = Fence.<Throwable>call(
                () -> {
                    throw FenceTest.<RuntimeException>sneak(thrown);
                },
                e -> e);
        assertSame(thrown, failure);
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void aHookThatThrowsItLeavesALineAndOneThatDoesNotLeavesNone(Throwable thrown) {
        try (Logged logged = new Logged()) {
            assertDoesNotThrow(() -> Fence.run(
                    () -> {
                        throw FenceTest.<RuntimeException>sneak(thrown);
                    },
                    shown -> LOG.error("The hook failed", shown)));
            Fence.run(() -> {}, shown -> LOG.error("The hook failed", shown));
            assertEquals(1, logged.lines(Level.ERROR, "The hook failed").size());
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void whatWasThrownByAStageIsNotAskedEither() {
        CompletableFuture<String> failed = new CompletableFuture<>();
        failed.completeExceptionally(new Mute());
        tell(failed);
        assertInstanceOf(Mute.class, told.get(0));
        CompletableFuture<String> wrapped = new CompletableFuture<>();
        wrapped.completeExceptionally(new CompletionException("without a cause", null));
        tell(wrapped);
        assertNull(assertInstanceOf(CompletionException.class, told.get(1)).getCause());
    }

    @Test
    void anErrorOfTheVirtualMachineIsThrownOnAndAnOverflowOfTheStackIsNot() {
        assertThrows(OutOfMemoryError.class, () -> Fence.rethrowFatal(new OutOfMemoryError("for a test")));
        assertDoesNotThrow(() -> Fence.rethrowFatal(new StackOverflowError()));
    }
}
