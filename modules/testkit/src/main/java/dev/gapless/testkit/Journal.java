package dev.gapless.testkit;

import dev.gapless.CursorExpired;
import dev.gapless.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a recipient was given, and what became of reloads; and how far the test has looked at it. Thread-safe. */
final class Journal<T> {
    /** How much of it a message shows. */
    private static final int SHOWN = 10;

    /** One thing that happened. */
    sealed interface Entry<T> {}

    record Given<T>(Event<T> event) implements Entry<T> {
        @Override
        public String toString() {
            return Words.of(event);
        }
    }

    record Reloaded<T>() implements Entry<T> {
        @Override
        public String toString() {
            return "a reload that succeeded";
        }
    }

    record ReloadFailed<T>(Throwable cause) implements Entry<T> {
        @Override
        public String toString() {
            return "a reload that failed (" + cause + ")";
        }
    }

    private final List<Entry<T>> entries = new ArrayList<>();
    private int seen;
    private int inHand;

    synchronized void given(Event<T> event, boolean needsAnswer) {
        entries.add(new Given<>(event));
        inHand += needsAnswer ? 1 : 0;
        notifyAll();
    }

    synchronized void settled(Event<T> event, @Nullable Throwable failure) {
        if (event instanceof CursorExpired) {
            entries.add(failure == null ? new Reloaded<>() : new ReloadFailed<>(failure));
        }
        notifyAll();
    }

    /** Whatever follows from an answer is in here by now. */
    synchronized void followed() {
        inHand--;
        notifyAll();
    }

    synchronized List<Event<T>> events() {
        List<Event<T>> events = new ArrayList<>();
        for (Entry<T> entry : entries) {
            if (entry instanceof Given<T> given) {
                events.add(given.event());
            }
        }
        return events;
    }

    /** What comes next, without passing it; null if nothing does, while there is nobody who could still answer. */
    synchronized @Nullable Entry<T> peek(boolean reloadsToo, Duration patience) {
        await(() -> first(reloadsToo) != null, patience);
        return first(reloadsToo);
    }

    /** Passes what {@link #peek} found. */
    synchronized void pass(Entry<T> entry) {
        seen = indexOf(entry) + 1;
    }

    private int indexOf(Entry<T> entry) {
        for (int i = seen; i < entries.size(); i++) {
            if (entries.get(i) == entry) {
                return i;
            }
        }
        throw new IllegalStateException("It was passed already");
    }

    private @Nullable Entry<T> first(boolean reloadsToo) {
        for (Entry<T> entry : entries.subList(seen, entries.size())) {
            if (reloadsToo || !(entry instanceof Reloaded)) {
                return entry;
            }
        }
        return null;
    }

    /** Waits as long as others may still do something about it. */
    private void await(BooleanSupplier condition, Duration patience) {
        long untilNs = System.nanoTime() + patience.toNanos();
        long leftMs = patience.toMillis();
        try {
            while (!condition.getAsBoolean() && inHand > 0 && leftMs > 0) {
                wait(leftMs);
                leftMs = (untilNs - System.nanoTime()) / 1_000_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many events the recipient has not dealt with. */
    synchronized int inHand() {
        return inHand;
    }

    /** The last of what happened, for a message. */
    synchronized String last() {
        int from = Math.max(0, entries.size() - SHOWN);
        StringBuilder text = new StringBuilder(from == 0 ? "" : "\n  …");
        for (int i = from; i < entries.size(); i++) {
            text.append(i < seen ? "\n  seen: " : "\n  next: ").append(entries.get(i));
        }
        return entries.isEmpty() ? " nothing" : text.toString();
    }
}
