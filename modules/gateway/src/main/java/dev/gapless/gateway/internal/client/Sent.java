package dev.gapless.gateway.internal.client;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

/** What was written to the clients of a gateway, of all time. Thread-safe. */
public final class Sent {
    private final LongAdder events = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder frames = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder lagged = new LongAdder();
    private volatile IntConsumer sizes = size -> {};

    /** Tells this one, on any thread, how many events each frame with events has. */
    public void observe(IntConsumer observer) {
        sizes = observer;
    }

    /** A frame of so many bytes, of any kind. */
    public void frame(int size) {
        frames.increment();
        bytes.add(size);
    }

    /** A frame had so many events, and told of so many that were missed, whatever its client says of where it was. */
    public void events(int number, long missed) {
        batches.increment();
        events.add(number);
        sizes.accept(number);
        if (missed > 0) {
            lagged.add(missed);
        }
    }

    public long events() {
        return events.sum();
    }

    /** Frames that had events. */
    public long batches() {
        return batches.sum();
    }

    public long frames() {
        return frames.sum();
    }

    public long bytes() {
        return bytes.sum();
    }

    /** Messages that clients were told that they missed, but for those that they missed by their own account alone. */
    public long lagged() {
        return lagged.sum();
    }
}
