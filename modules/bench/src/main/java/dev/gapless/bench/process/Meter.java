package dev.gapless.bench.process;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.gapless.bench.peer.Traffic;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** What this process does and uses within the window. */
final class Meter {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private final LongSupplier count;

    /** @param count how many messages so far */
    Meter(LongSupplier count) {
        this.count = count;
    }

    /** At one moment. */
    private record Reading(long atNs, long count, long cpuNs, Map<Long, Long> allocated, long sentBytes) {}

    /** Waits for the window and until it is over; what took place in it. */
    Usage measure(Window window) {
        Window.sleepUntil(window.beginNs());
        heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
        Reading begin = read();
        Window.sleepUntil(window.endNs());
        Reading end = read();
        long allocated = 0;
        for (Map.Entry<Long, Long> thread : end.allocated.entrySet()) {
            allocated += thread.getValue() - begin.allocated.getOrDefault(thread.getKey(), 0L);
        }
        return new Usage(
                end.atNs - begin.atNs,
                end.count - begin.count,
                end.cpuNs - begin.cpuNs,
                allocated,
                heapPools().stream()
                        .mapToLong(pool -> pool.getPeakUsage().getUsed())
                        .sum(),
                end.sentBytes - begin.sentBytes);
    }

    /** {@link #measure} on a thread of its own. */
    CompletableFuture<Usage> measuring(Window window) {
        CompletableFuture<Usage> used = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        used.complete(measure(window));
                    } catch (RuntimeException e) {
                        used.completeExceptionally(e);
                    }
                },
                "meter");
        thread.setDaemon(true);
        thread.start();
        return used;
    }

    private Reading read() {
        Map<Long, Long> allocated = new HashMap<>();
        long[] ids = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++) {
            if (bytes[i] >= 0) { // not ended meanwhile
                allocated.put(ids[i], bytes[i]);
            }
        }
        return new Reading(
                System.nanoTime(),
                count.getAsLong(),
                PROCESS.getProcessCpuTime(),
                allocated,
                Traffic.sent().bytes());
    }

    private static List<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }
}
