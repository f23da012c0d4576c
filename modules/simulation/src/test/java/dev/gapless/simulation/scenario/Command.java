package dev.gapless.simulation.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A line of a scenario: a verb, its arguments, and settings of the form {@code name=value}. */
final class Command {
    private final String line;
    private final List<String> words = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();

    Command(String line) {
        this.line = line.strip();
        for (String word : this.line.split("\\s+", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                settings.put(word.substring(0, equals), word.substring(equals + 1));
            } else {
                words.add(word);
            }
        }
    }

    String verb() {
        return words.get(0);
    }

    /** The arguments behind the verb. */
    List<String> arguments() {
        return words.subList(1, words.size());
    }

    boolean has(int index) {
        return index < arguments().size();
    }

    String argument(int index) {
        if (!has(index)) {
            throw new IllegalArgumentException("Something is missing: " + line);
        }
        return arguments().get(index);
    }

    int number(int index, int otherwise) {
        return has(index) ? Integer.parseInt(argument(index)) : otherwise;
    }

    Map<String, String> settings() {
        return settings;
    }

    /** Nanoseconds, of {@code 3s} or {@code 200ms}. */
    static long durationNs(String text) {
        if (text.endsWith("ms")) {
            return Long.parseLong(text.substring(0, text.length() - 2)) * 1_000_000L;
        } else if (text.endsWith("s")) {
            return Long.parseLong(text.substring(0, text.length() - 1)) * 1_000_000_000L;
        }
        throw new IllegalArgumentException("A duration is written as 3s or 200ms: " + text);
    }

    @Override
    public String toString() {
        return line;
    }
}
