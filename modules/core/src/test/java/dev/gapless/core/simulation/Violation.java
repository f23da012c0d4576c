package dev.gapless.core.simulation;

/** A guarantee is broken. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String what) {
        super(what);
    }
}
