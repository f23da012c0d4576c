package dev.gapless.internal.report;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells the operator what is missed: for each reason one line in an interval, at once. Those that follow are counted, and how many
 * they were, and the last of them, is told when the interval is over. One thread at a time.
 */
public final class LossLog {
    private static final int MAX_KEY = 100;

    private final Logger log;
    private final Duration interval;
    private final Runnable wakeLater;
    private final Map<Enum<?>, Logged> logged = new LinkedHashMap<>();
    private boolean woken;

    private static final class Logged {
        long sinceNs;
        long more;

        @Nullable Supplier<String> last;
    }

    /**
     * A log of losses.
     *
     * @param interval between two lines of a reason; zero for a line each time
     * @param wakeLater has {@link #tellMore} called after the interval
     */
    public LossLog(Logger log, Duration interval, Runnable wakeLater) {
        this.log = log;
        this.interval = interval;
        this.wakeLater = wakeLater;
    }

    /**
     * Tells this line, now or later, or counts it.
     *
     * @param reason what is told of in one line
     */
    public void log(Enum<?> reason, Supplier<String> line, long nowNs) {
        Logged before = logged.get(reason);
        if (before == null || nowNs - before.sinceNs >= interval.toNanos()) {
            tell(reason, before, line, nowNs);
            return;
        }
        before.more++;
        before.last = line;
        if (!woken) {
            woken = true;
            wakeLater.run();
        }
    }

    /** The interval is over, or nothing more will come. */
    public void tellMore(long nowNs) {
        woken = false;
        logged.forEach((reason, before) -> {
            Supplier<String> last = before.last;
            if (last != null) {
                before.more--;
                tell(reason, before, last, nowNs);
            }
        });
    }

    private void tell(Enum<?> reason, @Nullable Logged before, Supplier<String> line, long nowNs) {
        Logged now = before == null ? new Logged() : before;
        if (now.more > 0) {
            log.warn("{} ({} more like this were left out, gapless.loss-log-interval)", line.get(), now.more);
        } else {
            log.warn(line.get());
        }
        now.sinceNs = nowNs;
        now.more = 0;
        now.last = null;
        logged.put(reason, now);
    }

    /** These sequences, in words. */
    static String sequences(long first, long last) {
        return last < first
                ? "no message that is known of"
                : first == last ? "sequence " + first : "sequences " + first + " to " + last;
    }

    /** An application's key: what would break the line, or fill it, is left out. */
    static String quote(@Nullable String key) {
        if (key == null) {
            return "none";
        }
        String shown = key.length() > MAX_KEY ? key.substring(0, MAX_KEY) + "…" : key;
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
