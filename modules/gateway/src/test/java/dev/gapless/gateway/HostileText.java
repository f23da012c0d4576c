package dev.gapless.gateway;

import java.util.List;
import java.util.Random;

/** Texts that are nearly right, the same for the same seed. */
public final class HostileText {
    private static final List<String> PIECES = List.of(
            "\0",
            "\uD800",
            "\uDC00",
            "\uFFFF",
            "\u00e4",
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            "null",
            "true",
            "-1",
            "1e400",
            "99999999999999999999",
            "[[[[[[[[",
            "\\u0000",
            "\\ud800",
            "..",
            "%2f",
            "*",
            " ",
            "\n");

    private final Random random;
    private final int mostRepeated;

    /** @param mostRepeated how often a part may stand behind itself */
    public HostileText(Random random, int mostRepeated) {
        this.random = random;
        this.mostRepeated = mostRepeated;
    }

    /** One of these, changed in up to four places. */
    public String of(List<String> valid) {
        StringBuilder text = new StringBuilder(valid.get(random.nextInt(valid.size())));
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(8));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
                case 3 -> text.insert(at, text.substring(at, end).repeat(random.nextInt(mostRepeated)));
                default -> text.insert(at, (char) random.nextInt(0x10000));
            }
        }
        return text.toString();
    }
}
