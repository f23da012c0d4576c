package dev.gapless.core.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened, for people; it is written only when a seed is run again. */
final class Trace {
    private final Timeline timeline;
    private final boolean on;
    private final List<String> lines = new ArrayList<>();

    Trace(Timeline timeline, boolean on) {
        this.timeline = timeline;
        this.on = on;
    }

    void add(Object who, Supplier<String> what) {
        if (on) {
            lines.add(String.format(Locale.ROOT, "%9.3f  %-8s %s", timeline.nowNs() / 1e9, who, what.get()));
        }
    }

    List<String> lines() {
        return lines;
    }
}
