package dev.gapless.gateway.internal.files;

/** A file is not what it has to be. The message names the file, and what helps. */
public final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    public Unusable(String message, Throwable cause) {
        super(message, cause);
    }

    public Unusable(String message) {
        super(message);
    }

    public String why() {
        return String.valueOf(getMessage());
    }
}
