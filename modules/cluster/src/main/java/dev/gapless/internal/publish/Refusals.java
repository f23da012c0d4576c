package dev.gapless.internal.publish;

import dev.gapless.internal.measure.Refusal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that publishes were refused, for applications that look at no stage, and that one has invalidated what it published: of each kind one
 * line of a node in an interval, at once. Those that follow are counted, and the last of them is told when the interval is over. Thread-safe.
 */
class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /** Tells nobody. */
    static final Refusals NONE = new Refusals(Duration.ZERO, Runnable::run) {
        @Override
        void log(String kind, String line) {}
    };

    private final boolean all;
    private final Executor later;
    /** By kind. */
    private final Map<String, Logged> logged = new HashMap<>();

    /** While there is one of a kind, its interval is not over. */
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
        log(why.name(), "A publish was refused. " + failure.getMessage());
    }

    /** An application says that what it published there is not to be relied on, and why. */
    void invalidated(String topic, String why) {
        log(
                "INVALIDATED",
                "Topic " + topic + ": this node announces to all subscribers that they miss something of it: " + why);
    }

    void log(String kind, String line) {
        if (!all && isCounted(kind, line)) {
            return;
        }
        LOG.warn("{}", line);
        if (!all) {
            later.execute(() -> tellMore(kind));
        }
    }

    private synchronized boolean isCounted(String kind, String line) {
        Logged before = logged.get(kind);
        if (before == null) {
            logged.put(kind, new Logged());
            return false;
        }
        before.more++;
        before.last = line;
        return true;
    }

    private void tellMore(String kind) {
        Logged before;
        synchronized (this) {
            before = logged.remove(kind);
            if (before != null && before.more > 0) {
                logged.put(kind, new Logged());
            }
        }
        if (before != null && before.more > 0) {
            LOG.warn("{} ({} more like this were left out, gapless.loss-log-interval)", before.last, before.more - 1);
            later.execute(() -> tellMore(kind));
        }
    }
}
