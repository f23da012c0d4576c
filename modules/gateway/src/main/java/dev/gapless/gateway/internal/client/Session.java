package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Principal;
import dev.gapless.gateway.internal.json.RequestException;
import java.time.Duration;
import java.util.Collection;

/** Who a client is, as long as it is connected: a WebSocket may say so later, and again. Thread-safe. */
final class Session {
    private final Access access;
    private final long sinceNs = System.nanoTime();
    private volatile Caller caller;

    Session(Access access, Caller caller) {
        this.access = access;
        this.caller = caller;
    }

    Caller caller() {
        return caller;
    }

    /**
     * It shows this credential. Throws {@link RequestException} if that is not valid.
     *
     * @param topics that it is subscribed to, which the credential has to allow as the one before did
     */
    Principal authenticate(String token, Collection<String> topics) {
        Caller before = caller;
        Caller now = new Caller(before.address(), access.ofToken(token));
        topics.forEach(now::checkSubscribe);
        if (!topics.isEmpty() && !now.seesKeysOf(before)) {
            throw now.refused("see the keys that it is subscribed to");
        }
        caller = now;
        return now.principal();
    }

    /** Has it yet to say who it is? */
    boolean isUnknown() {
        return caller.principal().isAnonymous() && !access.admitsAnonymous();
    }

    /** Has it not said in time who it is, where it has to? */
    boolean isMute(long nowNs, Duration authTimeout) {
        return isUnknown() && nowNs - sinceNs > authTimeout.toNanos();
    }
}
