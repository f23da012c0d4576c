package dev.gapless.internal.subscribe;

import dev.gapless.Event;
import dev.gapless.core.CursorToken;
import dev.gapless.internal.measure.SubscriptionStats;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Events that a recipient holds: given, in order, and not dealt with. The subscription stands in front of the first of them,
 * whatever became of those behind it.
 *
 * <p>One thread at a time, except {@link #token}.
 */
final class InFlight<T> {
    private static final class Given<T> {
        final Event<T> event;
        final long sinceNs;
        boolean done;

        Given(Event<T> event, long sinceNs) {
            this.event = event;
            this.sinceNs = sinceNs;
        }
    }

    /** Handlers that are done with an event at once never need any. */
    private Map<Long, Given<T>> events = Map.of();

    private long next = 1;
    private volatile @Nullable Supplier<CursorToken> inFront;

    boolean isEmpty() {
        return events.isEmpty();
    }

    int size() {
        return events.size();
    }

    /** The number of the event that is added next. */
    long nextNumber() {
        return next;
    }

    /**
     * It was given.
     *
     * @param sinceNs when
     * @param here resumes in front of it
     */
    void add(Event<T> event, long sinceNs, Supplier<CursorToken> here) {
        if (events.isEmpty()) {
            inFront = here;
        }
        if (next == 1) {
            events = new LinkedHashMap<>();
        }
        events.put(next, new Given<>(event, sinceNs));
        next++;
    }

    /** The event with this number, or null if it was dealt with. */
    @Nullable Event<T> get(long number) {
        Given<T> given = events.get(number);
        return given == null || given.done ? null : given.event;
    }

    /** When the event with this number was given. */
    long sinceNs(long number) {
        Given<T> given = events.get(number);
        return given == null ? SubscriptionStats.NO_TIME : given.sinceNs;
    }

    /** The first of those that are held, or null. */
    @Nullable Event<T> first() {
        return events.isEmpty() ? null : events.values().iterator().next().event;
    }

    /** It was dealt with. True if that goes for all of them. */
    boolean done(long number) {
        Given<T> dealtWith = events.get(number);
        if (dealtWith != null) {
            dealtWith.done = true;
        }
        Event<T> last = null;
        Iterator<Given<T>> first = events.values().iterator();
        while (first.hasNext()) {
            Given<T> given = first.next();
            if (!given.done) {
                break;
            }
            last = given.event;
            first.remove();
        }
        if (last != null) {
            inFront = last::token;
        }
        return events.isEmpty();
    }

    /** Nobody holds anything any more: the reader stands where the subscription does. */
    void clear() {
        if (!events.isEmpty()) {
            events.clear();
        }
        inFront = null;
    }

    /** Resumes in front of the first of them; null if there is none. Any thread. */
    @Nullable CursorToken token() {
        Supplier<CursorToken> here = inFront;
        return here == null ? null : here.get();
    }
}
