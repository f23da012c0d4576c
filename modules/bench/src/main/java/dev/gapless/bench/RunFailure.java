package dev.gapless.bench;

/** A run has no figures; the message says why, in one line. */
final class RunFailure extends Exception {
    private static final long serialVersionUID = 1;

    RunFailure(String message) {
        super(message);
    }
}
