package dev.gapless.simulation.schedule;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happened, for people; it is written only when somebody wants to read it. */
final class Trace {
    private final Timeline timeline;
    private final @Nullable Consumer<String> lines;

    Trace(Timeline timeline, @Nullable Consumer<String> lines) {
        this.timeline = timeline;
        this.lines = lines;
    }

    void add(Object who, Supplier<String> what) {
        if (lines != null) {
            lines.accept(String.format(Locale.ROOT, "%9.3f  %-8s %s", timeline.nowNs() / 1e9, who, what.get()));
        }
    }
}
