package dev.gapless.internal.fence;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Touches what the application hands over: its functions, its stages, and what it throws. Any of these may misbehave: a function
 * throws an error or leaves its thread interrupted; a stage refuses a method, completes twice, or with an object of another class; a
 * throwable has thousands of causes, or throws when it is asked for its message. None of that leaves this class.
 *
 * <p>Only an error of the virtual machine is thrown on, as nothing of the JVM can be relied on afterwards. A stack that overflowed is
 * not one: it has been unwound, and the same message would overflow the stack of every node that handles it, one after the other.
 *
 * <p>Thread-safe.
 */
public final class Fence {
    /** Causes that are shown of what the application threw. */
    private static final int MOST_CAUSES = 50;

    /** Characters of a message that are shown in a line. */
    private static final int LONGEST_TEXT = 300;

    private Fence() {}

    /** Throws it again if nothing of this JVM can be relied on any more. */
    public static void rethrowFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    /**
     * Calls a function of the application. The thread is interrupted afterwards if it was before: it is the dispatcher's, and has
     * other events to hand over.
     *
     * @param failed what to answer when it throws
     */
    public static <R extends @Nullable Object> R call(Callable<R> function, Function<R> failed) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            return function.call();
        } catch (Throwable e) {
            rethrowFatal(e);
            return failed.of(e);
        } finally {
            if (!interrupted) {
                var unused = Thread.interrupted();
            }
        }
    }

    /** What follows from something that was thrown. */
    public interface Function<R extends @Nullable Object> {
        R of(Throwable thrown);
    }

    /**
     * Calls a function of the application that answers nothing, and writes a line of the log if it throws.
     *
     * @param line writes it, with what was thrown
     */
    public static void run(Procedure function, Consumer<@Nullable Throwable> line) {
        Throwable thrown = Fence.<@Nullable Throwable>call(
                () -> {
                    function.run();
                    return null;
                },
                e -> e);
        if (thrown != null) {
            log(thrown, line);
        }
    }

    /** A function that answers nothing. */
    public interface Procedure {
        void run() throws Exception;
    }

    /**
     * Tells once what a stage of the application completes with: its value, or why it failed. A stage that is null, or that nobody can
     * wait for, has failed.
     *
     * @param what names the stage, to the person who reads why it failed
     */
    public static void whenComplete(
            @Nullable CompletionStage<?> stage, String what, BiConsumer<@Nullable Object, @Nullable Throwable> told) {
        AtomicBoolean isTold = new AtomicBoolean();
        BiConsumer<@Nullable Object, @Nullable Throwable> once = (value, failure) -> {
            if (isTold.compareAndSet(false, true)) {
                told.accept(value, failure == null ? null : cause(failure));
            }
        };
        if (stage == null) {
            once.accept(null, new NullPointerException(what + " is null, and no stage"));
            return;
        }
        try {
            var unused = stage.whenComplete(once);
        } catch (Throwable e) {
            rethrowFatal(e);
            once.accept(null, new IllegalStateException(what + " cannot be waited for: " + nameOf(stage), e));
        }
    }

    /** What a stage failed with, without the wrapping that stages add. */
    public static Throwable cause(Throwable failure) {
        if (!failure.getClass().equals(CompletionException.class)) {
            return failure;
        }
        Throwable cause = failure.getCause();
        return cause == null ? failure : cause;
    }

    /**
     * Writes a line of the log with what was thrown, or with what can be said of it.
     *
     * @param line writes it
     */
    public static void log(@Nullable Throwable thrown, Consumer<@Nullable Throwable> line) {
        Throwable shown = thrown == null || causes(thrown) <= MOST_CAUSES ? thrown : Unprintable.of(thrown);
        try {
            line.accept(shown);
        } catch (Throwable e) {
            rethrowFatal(e);
            if (thrown != null && shown == thrown) {
                line.accept(Unprintable.of(thrown));
            }
        }
    }

    /** How many causes it has; more than {@link #MOST_CAUSES} if nobody can tell. */
    private static int causes(Throwable thrown) {
        int causes = 0;
        try {
            for (Throwable cause = thrown.getCause();
                    cause != null && causes <= MOST_CAUSES;
                    cause = cause.getCause()) {
                causes++;
            }
        } catch (Throwable e) {
            rethrowFatal(e);
            return MOST_CAUSES + 1;
        }
        return causes;
    }

    /** What was thrown, in one line that is not too long: its class, and the first line of its message. */
    public static String text(Throwable thrown) {
        String name = nameOf(thrown);
        try {
            String message = thrown.getMessage();
            String first = message == null ? "" : message.lines().findFirst().orElse("");
            String shown = first.length() > LONGEST_TEXT ? first.substring(0, LONGEST_TEXT) + "..." : first;
            return shown.isEmpty() ? name : name + ": " + shown;
        } catch (Throwable e) {
            rethrowFatal(e);
            return name;
        }
    }

    private static String nameOf(Object object) {
        return object.getClass().getName();
    }

    /** Stands in a log for a throwable that cannot be shown: names its class, and where it was thrown if that can be had. */
    private static final class Unprintable extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Unprintable(String message) {
            super(message, null, false, true);
        }

        static Unprintable of(Throwable thrown) {
            Unprintable unprintable = new Unprintable(nameOf(thrown)
                    + message(thrown)
                    + " (its causes are not shown: they are too many, or cannot be asked)");
            try {
                unprintable.setStackTrace(thrown.getStackTrace());
            } catch (Throwable e) {
                rethrowFatal(e);
            }
            return unprintable;
        }

        private static String message(Throwable thrown) {
            try {
                return ": " + thrown.getMessage();
            } catch (Throwable e) {
                rethrowFatal(e);
                return ", which has no message: " + nameOf(e);
            }
        }
    }
}
