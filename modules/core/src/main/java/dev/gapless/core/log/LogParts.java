package dev.gapless.core.log;

import dev.gapless.core.Epoch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The streams of a log, its own last. Immutable. */
public final class LogParts {
    private final List<LogPart> parts;

    private LogParts(List<LogPart> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Its own alone. */
    static LogParts of(Epoch own) {
        return of(List.of(), "", own);
    }

    /**
     * Those of earlier incarnations in front of it.
     *
     * @param heads the last sequence of each, the oldest first
     * @param topic for their epochs
     */
    static LogParts of(List<LogRecord.Head> heads, String topic, Epoch own) {
        List<LogPart> parts = new ArrayList<>();
        long before = 0;
        for (LogRecord.Head head : heads) {
            long last = before + head.sequence();
            parts.add(new LogPart(Epoch.of(head.uid(), topic), head.uid(), before, last));
            before = last;
        }
        parts.add(new LogPart(own, 0, before, LogPart.OPEN));
        return new LogParts(parts);
    }

    /** The log's own stream. */
    public LogPart own() {
        return parts.get(parts.size() - 1);
    }

    /** All of the log: its numbers are the sequences of this part. */
    public LogPart whole() {
        return parts.size() == 1 ? own() : new LogPart(own().epoch(), 0, 0, LogPart.OPEN);
    }

    /** That stream; null if it is not there. */
    public @Nullable LogPart get(Epoch stream) {
        for (LogPart part : parts) {
            if (part.epoch().equals(stream)) {
                return part;
            }
        }
        return null;
    }

    /** The one behind that of an earlier incarnation. */
    public LogPart behind(LogPart earlier) {
        return parts.get(parts.indexOf(earlier) + 1);
    }

    /** That of the message with this number. */
    public LogPart at(long number) {
        for (LogPart part : parts) {
            if (number <= part.last()) {
                return part;
            }
        }
        return own();
    }
}
