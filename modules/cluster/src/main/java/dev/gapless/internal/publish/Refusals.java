package dev.gapless.internal.publish;

import dev.gapless.internal.measure.Refusal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that publishes were refused, for applications that look at no stage: for each reason one line of a node in an interval, at once.
 * Those that follow are counted, and the last of them is told when the interval is over. Thread-safe.
 */
class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /** Tells nobody. */
    static final Refusals NONE = new Refusals(Duration.ZERO, Runnable::run) {
        @Override
        void log(Refusal why, RuntimeException failure) {}
    };

    private final boolean all;
    private final Executor later;
    private final Map<Refusal, Logged> logged = new EnumMap<>(Refusal.class);

    /** While there is one of a reason, its interval is not over. */
    private static final class Logged {
        long more;
        String last = "";
    }

    /** Each is told if this interval is zero; {@code later} runs what it is given after the interval. */
    Refusals(Duration interval, Executor later) {
        this.all = interval.isZero();
        this.later = later;
    }

    static Refusals every(Duration interval, Executor executor) {
        return new Refusals(
                interval, CompletableFuture.delayedExecutor(interval.toNanos(), TimeUnit.NANOSECONDS, executor));
    }

    /** A stage has failed with this, or will. */
    void log(Refusal why, RuntimeException failure) {
        String line = String.valueOf(failure.getMessage());
        if (!all && isCounted(why, line)) {
            return;
        }
        LOG.warn("A publish was refused. {}", line);
        if (!all) {
            later.execute(() -> tellMore(why));
        }
    }

    private synchronized boolean isCounted(Refusal why, String line) {
        Logged before = logged.get(why);
        if (before == null) {
            logged.put(why, new Logged());
            return false;
        }
        before.more++;
        before.last = line;
        return true;
    }

    private void tellMore(Refusal why) {
        Logged before;
        synchronized (this) {
            before = logged.remove(why);
            if (before != null && before.more > 0) {
                logged.put(why, new Logged());
            }
        }
        if (before != null && before.more > 0) {
            LOG.warn(
                    "A publish was refused. {} ({} more like this were left out, gapless.loss-log-interval)",
                    before.last,
                    before.more - 1);
            later.execute(() -> tellMore(why));
        }
    }
}
