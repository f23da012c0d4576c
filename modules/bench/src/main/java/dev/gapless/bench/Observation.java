package dev.gapless.bench;

import dev.gapless.bench.Machine.Ticks;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** What others use of the machine while it is measured. */
final class Observation {
    private final Children children;
    private final @Nullable Ticks begin = Machine.now();
    private final long beginNs = System.nanoTime();
    private final long ownBeginNs;

    /** Begins now. */
    Observation(Children children) {
        this.children = children;
        this.ownBeginNs = ownNs();
    }

    /** What others have used of all processors from the beginning to now, 0 to 1; NaN if that is not known. */
    double others() {
        long ownNs = ownNs()
                - ownBeginNs; // of a little less time than what all used: a late reading makes no noisy run quiet
        Ticks end = Machine.now();
        double processors = Runtime.getRuntime().availableProcessors();
        double share = ownNs / ((System.nanoTime() - beginNs) * processors);
        return begin == null || end == null ? Double.NaN : end.othersSince(begin, share);
    }

    private long ownNs() {
        return children.cpuNs()
                + ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getProcessCpuTime();
    }
}
