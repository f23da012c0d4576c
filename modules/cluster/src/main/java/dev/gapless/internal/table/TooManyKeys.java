package dev.gapless.internal.table;

/** A table would be beyond its bound: it closes rather than have a part. */
final class TooManyKeys extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyKeys(String topic, int most) {
        super("The table of topic " + topic + " has more than " + most + " keys (gapless.table.max-keys)");
    }
}
