package dev.gapless.simulation.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a command has brought about. What happens to one message after the other is told in one line. */
final class Story {
    private final List<String> lines = new ArrayList<>();
    private String prefix = "";
    private @Nullable Run run;

    /** Something that happens to consecutive messages of one log. */
    private static final class Run {
        final String what;
        final String log;
        final long first;
        long last;
        boolean more;

        Run(String what, String log, long first) {
            this.what = what;
            this.log = log;
            this.first = first;
            this.last = first;
        }

        boolean takes(String otherWhat, String otherLog, long sequence) {
            more = what.equals(otherWhat) && log.equals(otherLog) && sequence == last + 1;
            return more;
        }

        @Override
        public String toString() {
            return what + " " + log + ":" + first + (last > first ? ".." + last : "");
        }
    }

    /** Lines from now on begin with this. */
    void prefix(String text) {
        endRun();
        prefix = text;
    }

    void tell(String line) {
        endRun();
        lines.add(prefix + line);
    }

    /** {@code what} happens to the message at {@code log:sequence}. */
    void tell(String what, String log, long sequence) {
        Run last = run;
        if (last != null && last.takes(what, log, sequence)) {
            last.last = sequence;
        } else {
            endRun();
            run = new Run(what, log, sequence);
        }
    }

    private void endRun() {
        if (run != null) {
            lines.add(prefix + Objects.requireNonNull(run));
            run = null;
        }
    }

    List<String> lines() {
        endRun();
        return lines;
    }

    void clear() {
        lines.clear();
    }
}
