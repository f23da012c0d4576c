package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Event streams of the status, which count as clients. Thread-safe. */
final class StatusStreams {
    private final Common common;
    private final Clients clients;
    private final Observed observed;

    StatusStreams(Common common, Clients clients, Observed observed) {
        this.common = common;
        this.clients = clients;
        this.observed = observed;
    }

    /** Begins one. Throws {@link dev.gapless.gateway.internal.json.RequestException} if there is no place for it. */
    void begin(Caller caller, Request request, Response response, Callback callback, @Nullable Watched socket) {
        Clients.Admission admission = clients.admit(caller);
        SseClient transport = SseClient.of(caller, request, response, callback, common, socket);
        StatusClient client = clients.add(
                admission, (id, release) -> new StatusClient(id, common, observed.asker(), transport, caller, release));
        transport.begin(client::disconnected, request);
        client.start();
    }
}
