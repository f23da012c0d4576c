package dev.gapless.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of this process, as UTF-8 whatever the locale. The JVM decodes them by the locale: without one (LC_ALL=C, as in many
 * containers) each byte beyond ASCII becomes U+FFFD, and topics that differ become one. Linux keeps the bytes.
 */
final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final char REPLACED = '\uFFFD';

    private Arguments() {}

    /**
     * Those that the JVM was given for {@code main}.
     *
     * @param decoded as the JVM decoded them
     * @throws Failure if one is no UTF-8, or if nobody knows what it was
     */
    static String[] of(String[] decoded) {
        byte[] commandLine;
        try {
            commandLine = Files.readAllBytes(COMMAND_LINE);
        } catch (IOException e) {
            commandLine = new byte[0]; // not Linux: the system decodes them itself
        }
        return of(decoded, commandLine);
    }

    static String[] of(String[] decoded, byte[] commandLine) {
        List<String> all = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                all.add(text(commandLine, from, i - from));
                from = i + 1;
            }
        }
        boolean isThere = all.size() > decoded.length;
        String[] arguments = decoded.clone();
        for (int i = 0; i < decoded.length; i++) {
            if (isThere && !isAscii(decoded[i])) {
                arguments[i] = all.get(all.size() - decoded.length + i);
            }
            if (arguments[i].indexOf(REPLACED) >= 0) {
                throw new Failure("argument " + (i + 1) + ", '" + arguments[i]
                        + "', is not UTF-8, or was not understood as such: set LC_ALL=C.UTF-8");
            }
        }
        return arguments;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 128);
    }

    private static String text(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.UTF_8); // what is no UTF-8 becomes U+FFFD
    }
}
