package dev.gapless.bench.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** When is measured, as of System.nanoTime(), which is the same clock for all processes of a machine. */
record Window(long beginNs, long endNs) {
    static final Window NONE = new Window(0, 0);

    /** Those of the next order. */
    static List<Window> ordered(Dialogue dialogue) throws InterruptedException {
        return of(dialogue.take("run"));
    }

    /** BEGIN END BEGIN END... */
    static List<Window> of(List<String> words) {
        List<Long> times = words.stream().map(Long::valueOf).toList();
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i + 1 < times.size(); i += 2) {
            windows.add(new Window(times.get(i), times.get(i + 1)));
        }
        return windows;
    }

    /** Waits until that moment, as of System.nanoTime(). */
    static void sleepUntil(long ns) {
        for (long left = ns - System.nanoTime(); left > 0; left = ns - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    boolean contains(long ns) {
        return ns - beginNs >= 0 && endNs - ns > 0;
    }
}
