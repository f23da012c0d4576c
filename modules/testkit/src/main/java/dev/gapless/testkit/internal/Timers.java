package dev.gapless.testkit.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a process does later, in the virtual time. Thread-safe. */
final class Timers implements VirtualTime.Timed {
    private final VirtualTime time;
    private final Runnable afterwards;
    private final List<Timer> waiting = new ArrayList<>();
    private boolean stopped;

    private record Timer(long dueNs, Runnable what) {}

    /**
     * Nothing yet.
     *
     * @param afterwards is run behind what was due
     */
    Timers(VirtualTime time, Runnable afterwards) {
        this.time = time;
        this.afterwards = afterwards;
        time.add(this);
    }

    /** {@return false if that never happens: the process is gone} */
    synchronized boolean after(Duration wait, Runnable what) {
        if (!stopped) {
            waiting.add(new Timer(time.ns() + wait.toNanos(), what));
        }
        return !stopped;
    }

    /** The process is gone. */
    synchronized void stop() {
        stopped = true;
        waiting.clear();
        time.remove(this);
    }

    @Override
    public synchronized long dueNs() {
        return waiting.stream().mapToLong(Timer::dueNs).min().orElse(Long.MAX_VALUE);
    }

    @Override
    public void onTime() {
        List<Timer> due = due();
        due.forEach(timer -> timer.what().run());
        if (!due.isEmpty()) {
            afterwards.run();
        }
    }

    private synchronized List<Timer> due() {
        List<Timer> due =
                waiting.stream().filter(timer -> timer.dueNs() <= time.ns()).toList();
        waiting.removeAll(due);
        return due;
    }
}
