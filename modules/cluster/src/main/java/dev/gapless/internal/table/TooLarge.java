package dev.gapless.internal.table;

/** A table would be beyond a bound: it closes rather than have a part. */
final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLarge(String topic, String has) {
        super("The table of topic " + topic + " has " + has);
    }
}
