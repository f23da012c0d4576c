package dev.gapless.multijvm.checker;

/** A gap as it was written down; null is what is unknown. */
record Gap(String node, String reason, String epoch, Long first, Long missed, String resumesEpoch, Long resumesAt) {

    static Gap of(String[] words) {
        return new Gap(
                text(words[1]),
                words[2],
                text(words[3]),
                number(words[4]),
                number(words[5]),
                text(words[6]),
                number(words[7]));
    }

    /** Does the stream itself go on behind it? */
    boolean goesOnInItsStream() {
        return resumesAt != null && resumesEpoch.equals(epoch);
    }

    private static String text(String word) {
        return word.equals("-") ? null : word;
    }

    private static Long number(String word) {
        return word.equals("-") ? null : Long.valueOf(word);
    }
}
