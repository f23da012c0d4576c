package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.internal.subscribe.MessageHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Everything was accepted, and some consumers do not have it: they have not confirmed it in time, or were told that they missed it. */
final class NotDelivered extends RequestException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // is never serialized
    private final Set<String> waitingFor;

    @SuppressWarnings("serial")
    private final List<MessageHost.Missed> missed;

    NotDelivered(Set<String> waitingFor, List<MessageHost.Missed> missed) {
        super(Kind.NOT_DELIVERED, text(waitingFor, missed));
        this.waitingFor = new TreeSet<>(waitingFor);
        this.missed = new ArrayList<>(missed);
    }

    private static String text(Set<String> waitingFor, List<MessageHost.Missed> missed) {
        StringBuilder text = new StringBuilder("Everything was accepted: do not repeat the request.");
        if (!missed.isEmpty()) {
            text.append(
                            " The consumers of missed_by were overtaken by the ring, were told what they missed, and never get it: publish no")
                    .append(
                            " faster than they take (overflow=backpressure), or enlarge the ring (gapless.buffer-messages,")
                    .append(" gapless.buffer-bytes).");
        }
        if (!waitingFor.isEmpty()) {
            text.append(
                            " Those of waiting_for had not confirmed it after gapless.gateway.delivery-timeout: they get it when they can, or")
                    .append(" are told that they missed it.");
        }
        return text.toString();
    }

    /** Says in a problem who that is. */
    void tell(ObjectNode problem) {
        ArrayNode waiting = problem.putArray("waiting_for");
        waitingFor.forEach(waiting::add);
        ArrayNode by = problem.putArray("missed_by");
        missed.forEach(one -> by.addObject()
                .put("node", one.node())
                .put("first_missing", one.first())
                .put("missed", one.count()));
    }
}
