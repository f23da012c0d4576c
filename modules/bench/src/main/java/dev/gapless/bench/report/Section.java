package dev.gapless.bench.report;

/** The part of a document that is generated. It stands between two lines. */
public final class Section {
    public static final String BEGIN = "<!-- `gapless bench-report` writes what follows -->";
    public static final String END = "<!-- `gapless bench-report` wrote what precedes -->";

    private Section() {}

    /**
     * The document with another generated part, and nothing else changed.
     *
     * @throws IllegalArgumentException unless it has both lines once, in this order
     */
    public static String replaced(String document, String generated) {
        int begin = document.indexOf(BEGIN + "\n");
        int end = document.indexOf(END);
        if (begin < 0 || end < begin || begin != document.lastIndexOf(BEGIN) || end != document.lastIndexOf(END)) {
            throw new IllegalArgumentException(
                    "it needs the lines " + BEGIN + " and " + END + ", each once and in this order");
        }
        return document.substring(0, begin) + BEGIN + "\n\n" + generated.strip() + "\n\n" + document.substring(end);
    }
}
