package dev.gapless.simulation.schedule;

import dev.gapless.simulation.oracle.Violation;
import java.util.PriorityQueue;

/** Virtual time: what is due first runs first, and what is due at once in the order in which it was asked for. */
final class Timeline {
    private static final long START_MS = 1_700_000_000_000L;
    /** Far more than any schedule needs: whoever gets there goes in circles. */
    private static final long MOST_EVENTS = 1_000_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>(256);
    private long nowNs = 1_000_000_000L;
    private long asked;
    private long ran;
    private long stamps;

    /** Something that will happen. */
    private static final class Event implements Comparable<Event> {
        private final long atNs;
        private final long order;
        private final Runnable action;

        private Event(long atNs, long order, Runnable action) {
            this.atNs = atNs;
            this.order = order;
            this.action = action;
        }

        @Override
        public int compareTo(Event other) {
            int times = Long.compare(atNs, other.atNs);
            return times != 0 ? times : Long.compare(order, other.order);
        }
    }

    long nowNs() {
        return nowNs;
    }

    /** Milliseconds since 1970 by a right clock. */
    long nowMs() {
        return START_MS + nowNs / 1_000_000;
    }

    void at(long atNs, Runnable action) {
        events.add(new Event(Math.max(atNs, nowNs), asked++, action));
    }

    void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    void runUntil(long endNs) {
        while (!events.isEmpty() && events.element().atNs <= endNs) {
            Event event = events.remove();
            nowNs = event.atNs;
            if (++ran > MOST_EVENTS) {
                throw new Violation("G5: more than " + MOST_EVENTS + " steps, it goes in circles");
            }
            event.action.run();
        }
        nowNs = Math.max(nowNs, endNs);
    }

    /** A number that rises with each call: which of two things at the same time was first. */
    long stamp() {
        return ++stamps;
    }

    long ran() {
        return ran;
    }
}
