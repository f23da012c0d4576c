package dev.gapless.gateway.internal.publish;

import dev.gapless.gateway.internal.access.Allowance;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.subscribe.MessageHost;
import java.util.function.Predicate;

/**
 * Which topics clients may begin by publishing to them, and how many: a topic takes memory and one of the places of {@code
 * gapless.max-topics} for as long as the node lives. Thread-safe.
 */
final class NewTopics {
    private final MessageHost host;
    private final Predicate<String> mayBegin;
    private final String defaultTopic;
    private final Allowance allowance;

    NewTopics(MessageHost host, GatewaySettings settings) {
        this.host = host;
        this.mayBegin = settings.mayBegin();
        this.defaultTopic = settings.defaultTopic;
        this.allowance = new Allowance(settings.newTopicsPerIpLimit, settings.newTopicsWindow);
    }

    /** Throws {@link RequestException} if the topic is new here, and this client may not begin it, or not now. */
    void check(String topic, Caller caller) {
        if (host.knows(topic)) {
            return;
        }
        caller.checkCreate(topic);
        if (!mayBegin.test(topic) && !topic.equals(defaultTopic)) {
            throw new RequestException(
                    Kind.FORBIDDEN_TOPIC,
                    "Clients may not begin topic " + topic + ": nothing was published to it on node " + host.name()
                            + ", and gapless.gateway.topics does not name it. Topics that gapless.topics or GaplessGateway.start"
                            + " name are there, too");
        }
        if (!host.hasPlace(topic) && !allowance.take(caller.quota(), 1, System.nanoTime())) {
            throw new RequestException(
                    Kind.TOO_MANY_NEW_TOPICS,
                    "Topic " + topic + " is new, and clients of " + caller.quota() + " have begun as many as"
                            + " gapless.gateway.new-topics-per-ip-limit allows in gapless.gateway.new-topics-window. Topics that"
                            + " are there can be published to");
        }
    }
}
