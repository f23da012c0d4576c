package dev.gapless.gateway.internal.client;

import dev.gapless.StartFrom;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.json.StartRequest;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.subscribe.MessageHost;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;

/**
 * What the clients of a gateway have in common. Thread-safe.
 *
 * @param access finds out who clients are
 * @param gatewayId tells this gateway, and one start of it, from all others: whoever asks what became of a message has to know that it asks the
 *     same one
 * @param sharedJson of messages that several of them are given
 * @param states of which topics there are tables, and how their rows are shown
 * @param unsent bounds what is under way to all of them
 * @param budget bounds the heap that they cause
 * @param executor runs their turns
 * @param later runs something after a time
 * @param sent counts what was written to them
 * @param tally counts how often they come, go and are refused
 */
public record Common(
        GatewaySettings settings,
        Access access,
        MessageHost host,
        String nodeName,
        String gatewayId,
        JsonPublisher publisher,
        PayloadJson payloads,
        SharedJson sharedJson,
        States states,
        Unsent unsent,
        Budget budget,
        Executor executor,
        BiConsumer<Duration, Runnable> later,
        Sent sent,
        Tally tally) {

    /** Reads where a client wants to begin. Throws {@link RequestException}. */
    public StartFrom start(String text, String topic) {
        try {
            return StartRequest.parse(text, topic, host.clusterId());
        } catch (IllegalArgumentException e) {
            throw new RequestException(Kind.BAD_TOKEN, Reasons.of(e), e);
        }
    }

    /** What one is told who has sent more that is not dealt with than there is room for. */
    public static RequestException overloaded() {
        return new RequestException(Kind.OVERLOADED, Closing.OVERLOADED.reason());
    }

    /** What one is told who would hold more than the budget has for it. */
    public static RequestException overBudget(String what, String holder) {
        return new RequestException(
                Kind.OVER_BUDGET,
                what + ": of all clients those of " + holder
                        + " hold most of the memory that gapless.gateway.budget allows. End some of their connections or"
                        + " subscriptions, or try again later");
    }

    /** What a client wanted is refused. */
    public void refused(Caller caller, RequestException refusal) {
        tally.refused(refusal.kind().code());
        access.audit().refused(caller, refusal);
    }

    /** How long a client is asked to wait before it connects again: never the same for all. */
    public long reconnectMs() {
        return settings.reconnectMin.toMillis()
                + ThreadLocalRandom.current().nextLong(settings.reconnectJitter.toMillis() + 1);
    }
}
