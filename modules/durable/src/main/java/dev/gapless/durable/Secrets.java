package dev.gapless.durable;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What no text may show, whoever wrote it. Immutable. */
final class Secrets {
    private static final String SHOWN = "***";

    /** Each as a whole word: one that is short would make a riddle of the text. */
    private final Pattern all;

    Secrets(Collection<String> secrets) {
        List<String> longestFirst = secrets.stream()
                .filter(secret -> !secret.isEmpty())
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        this.all = Pattern.compile(
                longestFirst.isEmpty()
                        ? "(?!)"
                        : longestFirst.stream()
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|", "(?<!\\w)(?:", ")(?!\\w)")));
    }

    /** The text without them. */
    String hide(String text) {
        return all.matcher(text).replaceAll(SHOWN);
    }
}
