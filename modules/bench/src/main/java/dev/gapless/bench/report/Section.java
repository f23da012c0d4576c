package dev.gapless.bench.report;

import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The part of a document that is generated. It stands between two lines. */
public final class Section {
    public static final String BEGIN = "<!-- `gapless bench-report` writes what follows -->";
    public static final String END = "<!-- `gapless bench-report` wrote what precedes -->";

    private static final Pattern MEASUREMENT = Pattern.compile("(?m)^(?=### )");
    private static final Pattern WORKLOAD = Pattern.compile("(?m)^(?=#### )");

    private Section() {}

    /**
     * The document with another generated part, and nothing else changed.
     *
     * @throws IllegalArgumentException unless it has both lines once, in this order
     */
    public static String replaced(String document, String generated) {
        int end = endOf(document);
        return document.substring(0, document.indexOf(BEGIN)) + BEGIN + "\n\n" + generated.strip() + "\n\n"
                + document.substring(end);
    }

    /**
     * What was generated before, without these workloads and series.
     *
     * @throws IllegalArgumentException as {@link #replaced}
     */
    public static String without(Set<String> workloads, String document) {
        int end = endOf(document);
        String before = document.substring(document.indexOf(BEGIN) + BEGIN.length(), end);
        return MEASUREMENT
                .splitAsStream(before.strip())
                .map(measurement -> without(workloads, WORKLOAD.split(measurement)))
                .filter(measurement -> !measurement.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    /** @param parts of one measurement: how it was made, and each of its workloads */
    private static String without(Set<String> workloads, String[] parts) {
        String kept = Arrays.stream(parts)
                .skip(1)
                .filter(part -> !workloads.contains(part.substring("#### ".length(), part.indexOf('\n'))))
                .map(part -> part.strip() + "\n")
                .collect(Collectors.joining("\n"));
        return kept.isEmpty() ? "" : parts[0].strip() + "\n\n" + kept;
    }

    private static int endOf(String document) {
        int begin = document.indexOf(BEGIN + "\n");
        int end = document.indexOf(END);
        if (begin < 0 || end < begin || begin != document.lastIndexOf(BEGIN) || end != document.lastIndexOf(END)) {
            throw new IllegalArgumentException(
                    "it needs the lines " + BEGIN + " and " + END + ", each once and in this order");
        }
        return end;
    }
}
