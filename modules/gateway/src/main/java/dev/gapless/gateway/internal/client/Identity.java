package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.Principal;
import dev.gapless.gateway.internal.json.RequestException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who a client is, as long as it is connected: a WebSocket may say so later, and again. Thread-safe. */
final class Identity {
    private final Access access;
    private final Duration expiryNotice;
    private final Consumer<Caller> becomes;
    private final long sinceNs = System.nanoTime();
    private volatile Caller caller;
    /** Whose end the client has been told to be near. */
    private volatile @Nullable Principal noticed;

    /** Topics that the client may not see any more, and is still subscribed to. For its turns. */
    private final Set<String> forbidden = new LinkedHashSet<>();

    /**
     * @param becomes is told who it becomes, and throws {@link RequestException} if there are too many of that
     * @param expiryNotice so long before its credential expires it is told
     */
    Identity(Access access, Caller caller, Consumer<Caller> becomes, Duration expiryNotice) {
        this.access = access;
        this.caller = caller;
        this.becomes = becomes;
        this.expiryNotice = expiryNotice;
    }

    Caller caller() {
        return caller;
    }

    /**
     * It has shown another credential. For the client's turns. Throws {@link RequestException} if there are too many clients of that one: then the
     * one before counts on.
     *
     * @param topics that it is subscribed to: the subscriptions that the credential does not allow have to end
     */
    void renew(Principal principal, Collection<String> topics) {
        Caller before = caller;
        Caller now = new Caller(before.address(), principal);
        becomes.accept(now);
        boolean seesKeys = now.seesKeysOf(before);
        topics.stream().filter(topic -> !seesKeys || !now.maySubscribe(topic)).forEach(forbidden::add);
        caller = now;
    }

    /** A topic that the client may not see any more; null if there is none. For its turns. */
    @Nullable String takeForbidden() {
        if (forbidden.isEmpty()) {
            return null;
        }
        String topic = forbidden.iterator().next();
        forbidden.remove(topic);
        return topic;
    }

    /** Is the client to be told that its credential expires soon? */
    boolean isNoticeDue() {
        Principal principal = caller.principal();
        return principal.expiresInMs() <= expiryNotice.toMillis() && !principal.equals(noticed);
    }

    /** How long the credential counts yet; the client is being told. */
    long notice() {
        Principal principal = caller.principal();
        noticed = principal;
        return principal.expiresInMs();
    }

    /** Has it yet to say who it is? */
    boolean isUnknown() {
        return access.isUnknown(caller.principal());
    }

    /** Has it not said in time who it is, where it has to? */
    boolean isMute(long nowNs, Duration authTimeout) {
        return isUnknown() && nowNs - sinceNs > authTimeout.toNanos();
    }
}
