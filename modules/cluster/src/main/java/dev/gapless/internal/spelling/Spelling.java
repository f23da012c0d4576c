package dev.gapless.internal.spelling;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds the known name that is nearest to one that is not known. */
public final class Spelling {
    /** A misspelled name differs by so many characters at most. */
    private static final int MOST_EDITS = 3;

    /** Of a short name so many characters for each that differs: nearly any name of four letters is near to any other. */
    private static final int CHARACTERS_PER_EDIT = 3;

    private Spelling() {}

    /** {@return the known name that this one most likely stands for; empty if none is near} Letters and digits alone count, in any case. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        String letters = letters(name);
        int most = Math.min(MOST_EDITS, (letters.length() + 1) / CHARACTERS_PER_EDIT);
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(one -> edits(letters, letters(one))))
                .filter(one -> edits(letters, letters(one)) <= most);
    }

    private static String letters(String name) {
        return name.replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
    }

    /** How many characters to insert, drop or replace to make one word of the other (Levenshtein's distance). */
    private static int edits(String one, String other) {
        int[] before = IntStream.rangeClosed(0, other.length()).toArray();
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(before[j], row[j - 1]));
            }
            before = row;
        }
        return before[other.length()];
    }
}
