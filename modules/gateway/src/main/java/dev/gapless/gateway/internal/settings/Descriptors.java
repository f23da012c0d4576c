package dev.gapless.gateway.internal.settings;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What connections may take of the file descriptors of the process. One that has none left accepts no connection of the cluster's, either,
 * and is removed from it.
 */
public final class Descriptors {
    private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);
    /** What the cluster, files and everything else keep: one of so many, and at least {@link #LEAST_RESERVE}. */
    private static final int RESERVED_PART = 4;

    private static final int LEAST_RESERVE = 64;

    private Descriptors() {}

    /** {@return how many connections there may be at each port: as many as are set, or as there are descriptors for} */
    public static int connections(int wanted, int ports) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return wanted;
        }
        long limit = system.getMaxFileDescriptorCount();
        int most = most(wanted, ports, limit, system.getOpenFileDescriptorCount());
        if (most < wanted) {
            LOG.info(
                    "gapless.gateway.max-connections = {} is more than the process has file descriptors for ({}): {} connections are"
                            + " accepted at once at each of its ports. Raise the limit (ulimit -n, LimitNOFILE of systemd)",
                    wanted,
                    limit,
                    most);
        }
        return most;
    }

    /** For each port the same part of what neither is open nor reserved. At least one. */
    static int most(int wanted, int ports, long limit, long open) {
        long free = limit - open - Math.max(LEAST_RESERVE, limit / RESERVED_PART);
        return (int) Math.max(1, Math.min(wanted, free / ports));
    }
}
