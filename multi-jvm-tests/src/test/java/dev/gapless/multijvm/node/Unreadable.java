package dev.gapless.multijvm.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/** A message that can be written, and never read. */
public final class Unreadable implements CborMessage {
    public final long index;

    @JsonCreator
    public Unreadable(@JsonProperty("index") long index) {
        if (!isPublishing()) {
            throw new IllegalStateException("This message cannot be read");
        }
        this.index = index;
    }

    private static final ThreadLocal<Boolean> PUBLISHING = ThreadLocal.withInitial(() -> false);

    static Unreadable make(long index) {
        PUBLISHING.set(true);
        try {
            return new Unreadable(index);
        } finally {
            PUBLISHING.remove();
        }
    }

    private static boolean isPublishing() {
        return PUBLISHING.get();
    }
}
