package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.internal.subscribe.MessageHost.Reached;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Everything was accepted, and some consumers are not known to have it: they have not confirmed it in time, or were told that they missed it. */
final class NotDelivered extends RequestException {
    private static final long serialVersionUID = 1;

    private static final String ACCEPTED = "Everything was accepted: do not repeat the request.";

    private final transient Reached reached;

    NotDelivered(Reached reached) {
        super(Kind.NOT_DELIVERED, text(reached));
        this.reached = reached;
    }

    /** Nobody says who has it. */
    NotDelivered(Throwable why) {
        super(Kind.NOT_DELIVERED, ACCEPTED + " It is not known who has it: " + why.getMessage(), why);
        this.reached = new Reached(false, Set.of(), List.of(), Set.of());
    }

    private static String text(Reached reached) {
        StringBuilder text = new StringBuilder(ACCEPTED);
        if (!reached.missed().isEmpty()) {
            text.append(
                            " The consumers of missed_by were overtaken by the ring, were told what they missed, and never get it: publish no")
                    .append(
                            " faster than they take (overflow=backpressure), or enlarge the ring (gapless.buffer-messages,")
                    .append(" gapless.buffer-bytes).");
        }
        if (!reached.waitingFor().isEmpty()) {
            text.append(
                            " Those of waiting_for had not confirmed it after gapless.gateway.delivery-timeout: they get it when they can, or")
                    .append(" are told that they missed it.");
        }
        if (!reached.notKnown().isEmpty()) {
            text.append(
                    " Those of not_known go on behind it: they have it, or were told that they missed it, and this node does not know which.");
        }
        return text.toString();
    }

    /** Says in a problem who that is. */
    void tell(ObjectNode problem) {
        names(problem.putArray("waiting_for"), reached.waitingFor());
        ArrayNode by = problem.putArray("missed_by");
        reached.missed()
                .forEach(one -> by.addObject()
                        .put("node", one.node())
                        .put("epoch", one.first().epoch().toString())
                        .put("first_missing", one.first().sequence())
                        .put("missed", one.count()));
        names(problem.putArray("not_known"), reached.notKnown());
    }

    private static void names(ArrayNode to, Set<String> nodes) {
        new TreeSet<>(nodes).forEach(to::add);
    }
}
