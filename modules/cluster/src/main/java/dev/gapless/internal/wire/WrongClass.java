package dev.gapless.internal.wire;

import java.io.NotSerializableException;

/** A message could be decoded, and is of another class than its topic. */
public final class WrongClass extends NotSerializableException {
    private static final long serialVersionUID = 1L;

    WrongClass(String is, String wanted) {
        super("it is of " + is + ", and the subscription is to messages of " + wanted);
    }
}
