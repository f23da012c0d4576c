package dev.gapless.node;

import java.util.Locale;
import java.util.stream.Collectors;

/** Names that came from other nodes, for a terminal. */
final class Printable {
    private Printable() {}

    /** The text, with what would move a terminal's cursor or is no character written as {@code \\u001b}. */
    static String of(String text) {
        return text.codePoints().allMatch(Printable::isPrintable)
                ? text
                : text.codePoints()
                        .mapToObj(c -> isPrintable(c) ? Character.toString(c) : escaped(c))
                        .collect(Collectors.joining());
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static String escaped(int codePoint) {
        return String.format(Locale.ROOT, codePoint > 0xffff ? "\\u{%x}" : "\\u%04x", codePoint);
    }
}
