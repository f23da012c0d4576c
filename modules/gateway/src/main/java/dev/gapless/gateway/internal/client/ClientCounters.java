package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** What a client has been sent, for people. The client's turns count; any thread reads. */
final class ClientCounters {
    private final Sent sent;
    private final Cursors cursors;
    private final long sinceNs = System.nanoTime();
    private volatile long events;
    private volatile long lagged;

    /** @param sent counts for all clients together */
    ClientCounters(Sent sent, Cursors cursors) {
        this.sent = sent;
        this.cursors = cursors;
    }

    /**
     * A frame has so many events, and tells of so many that were missed.
     *
     * @param claimed so many of them by the client's own account: that is no number of the gateway's
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one turn at a time
    void count(int number, long missed, long claimed) {
        events += number;
        lagged += missed;
        sent.events(number, missed - claimed);
    }

    /** {@return it, with the counters} */
    ObjectNode addTo(ObjectNode message) {
        return message.put("events_sent", events)
                .put("lag", cursors.lag())
                .put("lagged_total", lagged)
                .put("uptime_ms", Duration.ofNanos(System.nanoTime() - sinceNs).toMillis());
    }
}
