package dev.gapless.gateway.internal.access;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.AccessSettings;
import java.time.Duration;

/** How much each subject may do at this gateway; of those that have shown no credential each address. Thread-safe. */
public final class Quotas {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String AT = "gapless.gateway.access.limits.";

    private final Places clients;
    private final Places subscriptions;
    private final Allowance messages;
    private final Allowance bytes;

    Quotas(AccessSettings.Limits limits) {
        clients = new Places(limits.clients());
        subscriptions = new Places(limits.subscriptions());
        messages = new Allowance(limits.messagesPerSecond(), SECOND);
        bytes = new Allowance(limits.bytesPerSecond(), SECOND);
    }

    /** It connects. Throws {@link RequestException} if there are too many of it. */
    public void enter(Caller caller) {
        if (!clients.enter(caller.quota())) {
            throw new RequestException(
                    Kind.TOO_MANY_CLIENTS_OF_SUBJECT, full(caller, clients.most() + " clients", "clients"));
        }
    }

    /** One that was connected is no more. */
    public void leave(Caller caller) {
        clients.leave(caller.quota());
    }

    /** It subscribes. Throws {@link RequestException} if there are too many subscriptions of it. */
    public void subscribe(Caller caller) {
        if (!subscriptions.enter(caller.quota())) {
            throw new RequestException(
                    Kind.TOO_MANY_SUBSCRIPTIONS_OF_SUBJECT,
                    full(caller, subscriptions.most() + " subscriptions", "subscriptions"));
        }
    }

    public void unsubscribe(Caller caller) {
        subscriptions.leave(caller.quota());
    }

    /** It publishes a message of so many bytes. Throws {@link RequestException} if that is too much for now. */
    public void publish(Caller caller, int size) {
        long nowNs = System.nanoTime();
        String whose = caller.quota();
        if (!messages.take(whose, 1, nowNs)) {
            throw tooMuch(caller, "messages-per-second");
        }
        if (!bytes.take(whose, size, nowNs)) {
            throw tooMuch(caller, "bytes-per-second");
        }
    }

    private static String full(Caller caller, String what, String setting) {
        return "There are " + what + " of " + caller.quota() + ", as many as " + AT + setting + " allows";
    }

    private static RequestException tooMuch(Caller caller, String setting) {
        return new RequestException(
                Kind.TOO_MUCH_PUBLISHED,
                "Clients of " + caller.quota() + " publish more than " + AT + setting
                        + " allows. This message is not published: publish it again later");
    }
}
