package dev.gapless.simulation.scenario;

import dev.gapless.core.wire.Batch;
import java.util.ArrayDeque;
import java.util.Deque;

/** One direction between two addresses: in order. It knows addresses, and no incarnations. */
final class Link {
    final String from;
    final String to;
    final Deque<Object> inFlight = new ArrayDeque<>();
    /** What is sent goes nowhere. */
    boolean cut;
    /** What is sent stays under way until it is delivered by name. */
    boolean held;
    /** How long what is sent is under way, unless it is delivered by name. */
    long delayNs;
    /** When each of those under way arrives. */
    private final Deque<Long> arriveNs = new ArrayDeque<>();
    /** How many of those sent next are lost. */
    int toLose;
    /** How many messages a batch has at most that is not lost. */
    int widest = Integer.MAX_VALUE;

    Link(String from, String to) {
        this.from = from;
        this.to = to;
    }

    /** Takes a message, and says what became of it: nothing to be said if it is under way. */
    String send(Object message, long nowNs) {
        if (cut) {
            return " (cut off)";
        } else if (message instanceof Batch batch && batch.count() > widest) {
            return " (too large, lost)";
        } else if (toLose > 0) {
            toLose--;
            return " (lost)";
        }
        inFlight.add(message);
        arriveNs.add(nowNs + delayNs);
        return held ? " (held)" : "";
    }

    /** The one that was sent first is under way no more. */
    Object take() {
        arriveNs.remove();
        return inFlight.remove();
    }

    /** When the next one arrives, or {@code Long.MAX_VALUE}. */
    long dueNs() {
        return inFlight.isEmpty() || held ? Long.MAX_VALUE : arriveNs.element();
    }

    @Override
    public String toString() {
        return from + ">" + to;
    }
}
