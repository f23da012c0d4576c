package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.NotHeld;
import dev.gapless.Receipt;
import dev.gapless.gateway.internal.json.RequestException;

/** Everything was accepted, and too few nodes are known to have it. */
final class NotHeldByEnough extends RequestException {
    private static final long serialVersionUID = 1;

    /** @param why mostly {@link NotHeld}, which says who has it; else nobody knows */
    NotHeldByEnough(Receipt wanted, Throwable why) {
        super(
                Kind.NOT_HELD,
                "Everything was accepted: do not repeat the request. It is not known to be " + wanted
                        + " nodes beside this one; that is awaited for gapless.gateway.delivery-timeout at most. Those of lacking get"
                        + " it when they can, or are told that they missed it.",
                why);
    }

    /** Says in a problem who that is. */
    void tell(ObjectNode problem) {
        var holders = problem.putArray("held_by");
        ObjectNode lacking = problem.putObject("lacking");
        if (getCause() instanceof NotHeld known) {
            known.nodes().stream().sorted().forEach(holders::add);
            known.lacking().forEach(lacking::put);
        }
    }
}
