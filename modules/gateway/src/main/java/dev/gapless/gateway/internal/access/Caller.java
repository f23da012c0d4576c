package dev.gapless.gateway.internal.access;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and from where. What is refused gets the same answer, whether it is there or not. Immutable.
 *
 * @param address its own, without a port
 */
public record Caller(String address, Principal principal) {
    /** Where a connection comes from, without its port. */
    public static String addressOf(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress().getHostAddress()
                : String.valueOf(remote);
    }

    /** One who may everything. */
    public static Caller anybody(String address) {
        return new Caller(address, Principal.ANYBODY);
    }

    /** Whose idempotency keys it uses: all who show no credential have the same. */
    public String subject() {
        return principal.isAnonymous() ? "" : principal.subject();
    }

    /** May it publish at all? Throws {@link RequestException} if not. */
    public void checkPublishes() {
        if (permissions().publish().all().isEmpty()
                && permissions().create().all().isEmpty()) {
            throw refused("publish");
        }
    }

    /** Under what its share is counted. */
    public String quota() {
        return principal.isAnonymous() ? address : "subject " + principal.subject();
    }

    private Permissions permissions() {
        return principal.permissions();
    }

    /** Throws {@link RequestException} unless it may subscribe to that. */
    public void checkSubscribe(String topic) {
        if (!maySubscribe(topic)) {
            throw refused("subscribe to topic " + topic);
        }
    }

    public boolean maySubscribe(String topic) {
        return permissions().subscribe().take(topic);
    }

    /** Throws {@link RequestException} unless it may publish to that topic. */
    public void checkPublishTo(String topic) {
        if (!permissions().publish().take(topic) && !permissions().create().take(topic)) {
            throw refused("publish to topic " + topic);
        }
    }

    /** Throws {@link RequestException} unless it may publish that. */
    public void checkPublish(String topic, @Nullable String key) {
        checkPublishTo(topic);
        Patterns keys = permissions().keys();
        if (!keys.isAny() && (key == null || !keys.take(key))) {
            throw refused(
                    "publish " + (key == null ? "without a key" : "with key '" + key + "'") + " to topic " + topic);
        }
    }

    /** Throws {@link RequestException} unless it may begin that topic. */
    public void checkCreate(String topic) {
        if (!permissions().create().take(topic)) {
            throw refused("publish to topic " + topic);
        }
    }

    /** May it see the status of the cluster? */
    public boolean seesStatus() {
        return permissions().status();
    }

    /** Throws {@link RequestException} unless it may see the status of the cluster. */
    public void checkStatus() {
        if (!seesStatus()) {
            throw refused("see status and metrics");
        }
    }

    /** May it see all keys that the other one may see? */
    public boolean seesKeysOf(Caller other) {
        return permissions().keys().coverAll(other.permissions().keys());
    }

    /** May it see messages of any key? */
    public boolean seesAllKeys() {
        return permissions().keys().isAny();
    }

    /** Of these keys those that it may see; null for all. Throws {@link RequestException} if it may see none of them. */
    public @Nullable List<String> keys(@Nullable List<String> asked) {
        Patterns may = permissions().keys();
        if (may.isAny()) {
            return asked;
        }
        List<String> both = may.and(asked);
        if (both.isEmpty()) {
            throw refused("see messages with these keys");
        }
        return both;
    }

    /** It may not. */
    public RequestException refused(String what) {
        return principal.isAnonymous()
                ? new RequestException(
                        Kind.UNAUTHENTICATED,
                        "Without a credential nobody may " + what + " here: send one, as in Authorization: Bearer …")
                : new RequestException(Kind.FORBIDDEN, "Subject " + principal.subject() + " may not " + what);
    }
}
