package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.json.Refusal;
import dev.gapless.gateway.internal.json.Refusal.Kind;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Request;

/** The requests that publish and are under way: so many at most, as each may hold a body. Thread-safe. */
final class Posts {
    private final int most;
    private final AtomicInteger underWay = new AtomicInteger();

    Posts(int most) {
        this.most = most;
    }

    /** Counts this one until it has been answered. Throws {@link Refusal} that names the limit. */
    void begin(Request request) {
        if (underWay.incrementAndGet() > most) {
            underWay.decrementAndGet();
            throw new Refusal(
                    Kind.TOO_MANY_REQUESTS,
                    "There are " + most
                            + " requests that publish, as many as gapless.gateway.max-publishing-requests allows");
        }
        Request.addCompletionListener(request, failure -> underWay.decrementAndGet());
    }
}
