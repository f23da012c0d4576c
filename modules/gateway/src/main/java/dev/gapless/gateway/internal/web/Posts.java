package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Request;

/** The requests that publish and are under way: so many at most, as each may hold a body. Thread-safe. */
final class Posts {
    private final int most;
    private final int mostOfAddress;
    private final ConcurrentHashMap<String, Integer> perAddress = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Set<Body> bodies = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> allAnswered = new CompletableFuture<>();
    private volatile boolean stopping;

    /** @param mostOfAddress so many of one address; 0 if all may be */
    Posts(int most, int mostOfAddress) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
    }

    /** Counts this one until it has been answered. Throws {@link RequestException} that names the limit, or says that the gateway stops. */
    void begin(String address, Request request) {
        int number = underWay.incrementAndGet();
        if (stopping) {
            end();
            throw RequestException.closing();
        }
        if (number > most) {
            end();
            throw new RequestException(
                    Kind.TOO_MANY_REQUESTS,
                    "There are " + most
                            + " requests that publish, as many as gapless.gateway.max-publishing-requests allows");
        }
        int ofAddress = perAddress.merge(address, 1, Integer::sum);
        if (mostOfAddress > 0 && ofAddress > mostOfAddress) {
            end(address);
            throw new RequestException(
                    Kind.TOO_MANY_REQUESTS_OF_ADDRESS,
                    "There are " + mostOfAddress + " requests of " + address
                            + " that publish, as many as gapless.gateway.publishing-per-ip-limit allows");
        }
        Request.addCompletionListener(request, failure -> end(address));
    }

    /** Reads the body of one that has begun; it ends when the gateway stops. {@return when it was read} */
    CompletableFuture<Void> read(Body body) {
        bodies.add(body);
        CompletableFuture<Void> done = body.read().whenComplete((read, failure) -> bodies.remove(body));
        if (stopping) {
            body.end();
        }
        return done;
    }

    private void end(String address) {
        perAddress.computeIfPresent(address, (ip, number) -> number == 1 ? null : number - 1);
        end();
    }

    private void end() {
        if (underWay.decrementAndGet() == 0 && stopping) {
            allAnswered.complete(null);
        }
    }

    /** No further request is taken, and of those under way nothing more is read. {@return when all are answered} */
    CompletableFuture<Void> stop() {
        stopping = true;
        bodies.forEach(Body::end);
        if (underWay.get() == 0) {
            allAnswered.complete(null);
        }
        return allAnswered.copy();
    }

    int size() {
        return underWay.get();
    }
}
