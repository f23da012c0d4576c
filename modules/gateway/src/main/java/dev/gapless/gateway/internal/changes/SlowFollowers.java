package dev.gapless.gateway.internal.changes;

import dev.gapless.core.Reason;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.internal.report.LossLog;
import dev.gapless.internal.report.Losses;
import org.slf4j.LoggerFactory;

/** Tells the operator which clients the ring has overtaken, at most one line in {@code gapless.loss-log-interval}. Thread-safe. */
final class SlowFollowers {
    private final String node;
    private final LossLog log;

    SlowFollowers(Common common) {
        this.node = common.nodeName();
        this.log = new LossLog(
                LoggerFactory.getLogger(SlowFollowers.class),
                common.settings().lossLogInterval,
                () -> common.later().accept(common.settings().lossLogInterval, this::tellMore));
    }

    /** What is to be told when that client is overtaken. */
    Overtaken of(String client) {
        return (collection, first, last, before, lastKey) ->
                tell(Losses.ofChanges(collection, client, node, first, last, before, lastKey));
    }

    private synchronized void tell(String line) {
        log.log(Reason.OVERRUN, () -> line, System.nanoTime());
    }

    private synchronized void tellMore() {
        log.tellMore(System.nanoTime());
    }
}
