package dev.gapless.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * SIGINT and SIGTERM: the command hears of them, ends in good order, and the process exits with the status that the command
 * returns, rather than with the JVM's 130 or 143. A fatal error ends it likewise, with a status that is never 0.
 */
public final class Termination {
    /** An ending that takes longer is cut short: to leave a cluster takes two seconds, or the timeouts of a lost one. */
    private static final Duration LONGEST_ENDING = Duration.ofSeconds(45);

    /** The status of a process that a fatal error ended. */
    private static final int FATAL = 1;

    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();

    /** From now on, the JVM's end is in these hands. */
    void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "gapless-termination"));
    }

    /** Ends the process with this status. */
    void exit(int exitStatus) {
        status.complete(exitStatus);
        System.exit(exitStatus);
    }

    private void onShutdown() {
        if (status.isDone()) {
            return;
        }
        // Asked before anything else: a fatal error (memory, for instance) ends by System.exit, as Pekko does, and is
        // no wish.
        boolean bySignal = isSignalled();
        requested.complete(null);
        int exitStatus = 1;
        try {
            exitStatus = status.get(LONGEST_ENDING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("gapless: the end took longer than " + LONGEST_ENDING.toSeconds() + " s, cut short");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Within a shutdown the status of the signal would be reported; this one is the command's. Where no signal
        // came, the command
        // ended in good order and the process did not: its supervisor has to see that.
        Runtime.getRuntime().halt(bySignal || exitStatus != 0 ? exitStatus : FATAL);
    }

    /** Does the JVM end for a signal? It runs the shutdown on a thread of its own then, which waits for this one. */
    private static boolean isSignalled() {
        try {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .anyMatch(name -> name.startsWith("SIG") && name.endsWith(" handler"));
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** As if a signal had come. */
    public void request() {
        requested.complete(null);
    }

    /** Has a signal asked for the end? */
    public boolean isRequested() {
        return requested.isDone();
    }

    /** Completes when a signal asks for the end. */
    public CompletableFuture<Void> requested() {
        return requested;
    }

    /** Sleeps; false if the end was asked for meanwhile, or before. */
    public boolean sleep(Duration duration) {
        try {
            requested.get(Math.max(1, duration.toMillis()), TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Waits for a stage; a signal ends the wait, too.
     *
     * @param what names what is waited for in the failure
     * @throws Failure if the stage fails, the time is over, or the end is asked for
     */
    public <T> T await(CompletionStage<T> stage, Duration timeout, String what) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        try {
            var unused = CompletableFuture.anyOf(future, requested).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!future.isDone()) {
                throw new Failure("interrupted while waiting for " + what);
            }
            return future.get();
        } catch (ExecutionException e) {
            throw new Failure(what + ": " + Failure.reason(e), e);
        } catch (TimeoutException e) {
            throw new Failure("no " + what + " within " + timeout.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while waiting for " + what, e);
        }
    }
}
