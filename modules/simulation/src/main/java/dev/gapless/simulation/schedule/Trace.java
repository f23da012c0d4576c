package dev.gapless.simulation.schedule;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happened, for people; it is written only when somebody wants to read it. */
final class Trace {
    private static final int WIDEST = 160;
    private static final String INDENT = " ".repeat(21);

    private final Timeline timeline;
    private final Names names;
    private final @Nullable Consumer<String> lines;

    Trace(Timeline timeline, Names names, @Nullable Consumer<String> lines) {
        this.timeline = timeline;
        this.names = names;
        this.lines = lines;
    }

    void add(Object who, Supplier<String> what) {
        if (lines != null) {
            String time = String.format(Locale.ROOT, "%9.3f", timeline.nowNs() / 1e9);
            line(String.format(Locale.ROOT, "%s  %-8s  %s", time, who, names.shorten(what.get())));
        }
    }

    /** Writes what is too wide for a line on several. */
    private void line(String text) {
        if (lines == null) {
            return;
        }
        String rest = text;
        while (rest.length() > WIDEST) {
            int space = rest.lastIndexOf(' ', WIDEST);
            int end = space > INDENT.length() ? space : WIDEST;
            lines.accept(rest.substring(0, end));
            rest = INDENT + rest.substring(end).stripLeading();
        }
        lines.accept(rest);
    }
}
