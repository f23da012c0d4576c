package dev.gapless.internal.trace;

import org.jspecify.annotations.Nullable;

/** A message that is being handled, in the trace in which it was published. */
public interface Handling {
    /** Of a message in no trace. */
    Handling NONE = new Handling() {
        @Override
        public void leave() {}

        @Override
        public void end(@Nullable Throwable failure) {}
    };

    /** The handler has returned, on the thread that it was called on. It may have to do with the message yet. */
    void leave();

    /** The message is handled, or the handler failed with this. Any thread. */
    void end(@Nullable Throwable failure);
}
