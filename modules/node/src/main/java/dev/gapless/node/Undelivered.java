package dev.gapless.node;

import org.jspecify.annotations.Nullable;

/** Everything was published, and some consumers missed it, or are not known to have it: a command ends with exit status 3. */
final class Undelivered extends Failure {
    static final int STATUS = 3;

    private static final long serialVersionUID = 1;

    Undelivered(String message) {
        this(message, null);
    }

    Undelivered(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
