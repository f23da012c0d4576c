package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.core.CursorToken;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The first load of a subscription that begins with one: an expiry without gaps, once it has a position with every member. Nothing is read
 * before it has succeeded. One thread at a time.
 *
 * <pre>
 *   POSITIONING ── Positioned ──► DUE ── begins ──► UNDER WAY ── succeeds ──► OVER
 *                                                     └─┘ fails: the same again
 * </pre>
 */
final class FirstLoad<T> {
    private final SubscriptionSpec<T> reading;
    private boolean over;
    private @Nullable Ready ready;
    private @Nullable CursorExpired<T> underWay;
    private int failures;

    FirstLoad(SubscriptionSpec<T> reading) {
        this.reading = reading;
        this.over = !reading.settings().loadsFirst();
    }

    /** It has a position with every member that answers: who waits for the subscription knows, unless it loads first. */
    void positioned(Ready result) {
        if (over) {
            reading.handle().ready(result);
        } else {
            ready = result;
        }
    }

    /** Is nothing to be read yet? */
    boolean waits() {
        return !over && ready == null;
    }

    /** Is it to begin? */
    boolean isDue() {
        return !over && ready != null && underWay == null;
    }

    /** Was it given, and has not succeeded? Nothing else is given meanwhile, however much the recipient may hold. */
    boolean isUnderWay() {
        return !over && underWay != null;
    }

    /** What the recipient is given. */
    CursorExpired<T> begin(EventReader<T> events) {
        CursorExpired<T> load = new CursorExpired<>(reading.topic().name(), Instant.now(), List.of(), events.token());
        underWay = load;
        return load;
    }

    /** Is this what the recipient was given to load? Every other expiry has gaps. */
    boolean is(CursorExpired<T> expiry) {
        return underWay != null && expiry.gaps().isEmpty();
    }

    /** Messages follow, and who waits for the subscription knows. */
    void succeeded(@Nullable Reload reload, EventReader<T> events) {
        CursorToken upTo = reload == null ? null : reload.upTo();
        if (upTo != null) {
            events.state().loaded(upTo);
        }
        Ready result = ready;
        over = true;
        underWay = null;
        if (result != null) {
            reading.handle().ready(result);
        }
    }

    /** After how many nanoseconds to try again; empty if that was the last attempt. */
    OptionalLong failed(EventReader<T> events) {
        failures++;
        return events.state().loadFailed(failures);
    }
}
