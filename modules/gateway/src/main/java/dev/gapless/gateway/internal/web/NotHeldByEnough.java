package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Receipt;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.internal.subscribe.MessageHost;

/** Everything was accepted, and too few nodes are known to have it. */
final class NotHeldByEnough extends RequestException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // is never serialized
    private final transient MessageHost.Holders holders;

    NotHeldByEnough(Receipt wanted, MessageHost.Holders holders) {
        super(
                Kind.NOT_HELD,
                "Everything was accepted: do not repeat the request. After gapless.gateway.delivery-timeout it was not known to be "
                        + wanted
                        + " nodes beside this one. Those of lacking get it when they can, or are told that they missed it.");
        this.holders = holders;
    }

    /** Says in a problem who that is. */
    void tell(ObjectNode problem) {
        holders.nodes().forEach(problem.putArray("held_by")::add);
        ObjectNode lacking = problem.putObject("lacking");
        holders.lacking().forEach(lacking::put);
    }
}
