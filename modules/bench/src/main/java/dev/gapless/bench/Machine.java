package dev.gapless.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Linux says of the machine: which processor it has, and what all processes together have used of it. */
final class Machine {
    private static final Path STAT = Path.of("/proc/stat");

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** The columns of the first line of {@link #STAT}. */
    private static final int USER = 1;

    private static final int NICE = 2;
    private static final int SYSTEM = 3;
    private static final int STEAL = 8;

    private Machine() {}

    /** What its processor is called; null if that is not known. */
    static @Nullable String processor() {
        try {
            return Files.isReadable(CPU_INFO) ? processor(Files.readAllLines(CPU_INFO)) : null;
        } catch (IOException e) {
            return null; // the result then does not name it
        }
    }

    /** In the lines of /proc/cpuinfo. */
    static @Nullable String processor(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(null);
    }

    /**
     * Since the machine was started, of all processors.
     *
     * @param used by processes, or taken away by the hypervisor. Interrupts are left out: most are those of the benchmark's sockets
     * @param all used or not
     */
    record Ticks(long used, long all) {
        /**
         * What others used from then to now, 0 to 1.
         *
         * @param ownShare what the benchmark's own processes used
         */
        double othersSince(Ticks then, double ownShare) {
            return Math.max(0, (double) (used - then.used) / Math.max(1, all - then.all) - ownShare);
        }
    }

    /** Now; null where there is no such count. */
    static @Nullable Ticks now() {
        try {
            return Files.isReadable(STAT) ? parse(Files.readAllLines(STAT).get(0)) : null;
        } catch (IOException e) {
            return null; // others are then not known, and said to be
        }
    }

    /** The first line of /proc/stat. */
    static Ticks parse(String line) {
        String[] words = line.trim().split(" +", -1);
        long all = 0;
        for (int i = USER; i <= STEAL; i++) {
            all += Long.parseLong(words[i]);
        }
        long used = Long.parseLong(words[USER])
                + Long.parseLong(words[NICE])
                + Long.parseLong(words[SYSTEM])
                + Long.parseLong(words[STEAL]);
        return new Ticks(used, all);
    }
}
