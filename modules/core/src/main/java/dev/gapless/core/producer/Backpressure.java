package dev.gapless.core.producer;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Ring;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which readers the publishers of one log wait for: those that can be reached, and that have not been without an answer for
 * too long (rule P5). Not thread-safe.
 */
final class Backpressure {
    private final Log log;
    private final TopicSettings settings;
    private Set<Long> unreachable = Set.of();

    Backpressure(Log log, TopicSettings settings) {
        this.log = log;
        this.settings = settings;
    }

    boolean isReachable(long memberUid) {
        return !unreachable.contains(memberUid);
    }

    void setReachable(long memberUid, boolean reachable) {
        if (reachable != isReachable(memberUid)) {
            Set<Long> changed = new HashSet<>(unreachable);
            if (reachable) {
                changed.remove(memberUid);
            } else {
                changed.add(memberUid);
            }
            unreachable = Set.copyOf(changed);
        }
    }

    /**
     * Up to where every reader that publishers wait for has acknowledged, or lets messages be overwritten. A reader counts from its registration
     * on, not only from its first Ack: what is published between the two would overrun it. Without backpressure they wait for none.
     */
    long acknowledgedByAll(Collection<Cursor> cursors, long nowNs) {
        long lowest = Ring.ALL;
        if (!settings.backpressure()) {
            return lowest;
        }
        boolean publishersWait = log.waiting() > 0;
        for (Cursor cursor : cursors) {
            if (publishersWait
                    && cursor.isWaitedFor()
                    && nowNs - cursor.progressNs >= settings.backpressureTimeoutNs()) {
                cursor.stalled = true;
            }
            if (!cursor.stalled && isReachable(cursor.session.uid())) {
                lowest = Math.min(lowest, cursor.evictable());
            }
        }
        return lowest;
    }

    /**
     * How long until a publisher has waited for too long, or a reader that it waits for has; {@code Long.MAX_VALUE} if no
     * publisher waits.
     */
    long dueInNs(Collection<Cursor> cursors, long nowNs) {
        long firstNs = log.waitersDueNs();
        if (firstNs == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        long wait = firstNs - nowNs;
        for (Cursor cursor : settings.backpressure() ? cursors : List.<Cursor>of()) { // a store may be waited for, too
            if (cursor.isWaitedFor() && !cursor.stalled) {
                wait = Math.min(wait, cursor.progressNs + settings.backpressureTimeoutNs() - nowNs);
            }
        }
        return wait;
    }
}
