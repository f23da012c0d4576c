package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.StartRequest;
import org.jspecify.annotations.Nullable;

/** What a client is told about its connection, other than events and answers. For the client's turns. */
final class ServiceMessages {
    private final long client;
    private final Common common;
    private final Cursors cursors;
    private final ClientCounters counters;

    /** @param client its number */
    ServiceMessages(long client, Common common, Cursors cursors, ClientCounters counters) {
        this.client = client;
        this.common = common;
        this.cursors = cursors;
        this.counters = counters;
    }

    ObjectNode connected() {
        ObjectNode connected = CommandHandler.object("connected");
        ObjectNode data = connected.putObject("data");
        data.put("client", client)
                .put("node", common.nodeName())
                .put("cluster", common.host().clusterId())
                .put("gateway", common.gatewayId())
                .put("ping_interval_ms", common.settings().pingInterval.toMillis())
                .put("batch_events", common.settings().batchEvents);
        StartRequest.FORMS.forEach(data.putArray("from")::add);
        return connected;
    }

    ObjectNode closing(Closing why) {
        ObjectNode closing = CommandHandler.object("closing").put("reason", why.reason());
        if (why.status() == Closing.RESTART.status()) {
            closing.put("reconnect_after_ms", common.reconnectMs());
        }
        cursors.tokens(closing.putObject("tokens"));
        return closing;
    }

    ObjectNode pong() {
        ObjectNode pong = counters.addTo(CommandHandler.object("pong"));
        cursors.tokens(pong.putObject("tokens"));
        return pong;
    }

    /** What a ping tells: no client sees the ping of a WebSocket. Null if no token has moved since the client was told one. */
    @Nullable ObjectNode ping() {
        ObjectNode ping = CommandHandler.object("ping");
        ObjectNode tokens = ping.putObject("tokens");
        cursors.progress(tokens);
        return tokens.isEmpty() ? null : ping;
    }
}
