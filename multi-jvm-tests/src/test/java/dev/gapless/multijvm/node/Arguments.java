package dev.gapless.multijvm.node;

import java.util.LinkedHashMap;
import java.util.Map;

/** The arguments of a command, as {@code name=value} without spaces. */
public final class Arguments {
    private final Map<String, String> values = new LinkedHashMap<>();

    public static Arguments none() {
        return new Arguments();
    }

    public static Arguments of(String name, Object value) {
        return new Arguments().and(name, value);
    }

    /** Reads what {@link #toString} wrote. */
    static Arguments parse(String text) {
        Arguments arguments = new Arguments();
        for (String word : text.strip().split(" ", -1)) {
            int at = word.indexOf('=');
            if (at > 0) {
                arguments.values.put(word.substring(0, at), word.substring(at + 1));
            }
        }
        return arguments;
    }

    public Arguments and(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The argument " + name + " is missing in: " + this);
        }
        return value;
    }

    String text(String name, String byDefault) {
        return values.getOrDefault(name, byDefault);
    }

    int number(String name, int byDefault) {
        String value = values.get(name);
        return value == null ? byDefault : Integer.parseInt(value);
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(values.get(name));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (name, value) -> text.append(name).append('=').append(value).append(' '));
        return text.toString().strip();
    }
}
