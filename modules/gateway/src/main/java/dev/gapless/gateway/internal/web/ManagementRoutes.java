package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.site.StaticFile;
import dev.gapless.gateway.internal.site.StaticFiles;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the management port has: health, metrics and status, for whoever reaches it. No topic can be read or published to. */
final class ManagementRoutes extends Handler.Abstract {
    private static final Set<String> READS = Set.of("GET", "HEAD");

    private final Door door;
    private final Observed observed;
    private final StatusStreams streams;
    private final Answers answers;
    private final StaticFiles site;

    ManagementRoutes(Common common, Observed observed, StatusStreams streams, StaticFiles site) {
        this.door = new Door(common.settings());
        this.observed = observed;
        this.streams = streams;
        this.answers = new Answers(common, "A request to the management port");
        this.site = site;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Watched socket = Watched.of(request);
        if (socket != null) {
            socket.requestBegins();
            socket.speaks();
            Request.addCompletionListener(request, failure -> socket.requestEnds());
        }
        Caller caller = Caller.anybody(Request.getRemoteAddr(request));
        try {
            door.checkHost(request);
            if (!READS.contains(request.getMethod())) {
                response.getHeaders().put(HttpHeader.ALLOW, "GET");
                throw new RequestException(Kind.METHOD_NOT_ALLOWED, "This path takes GET");
            }
            route(caller, request, response, callback, socket);
        } catch (RequestException | IllegalArgumentException e) {
            answers.refuse(caller, e, response, callback);
        }
        return true;
    }

    private void route(Caller caller, Request request, Response response, Callback callback, @Nullable Watched socket) {
        String path = request.getHttpURI().getPath();
        switch (path) {
            case "/api/health", "/health/live" -> observed.alive().send(response, callback);
            case "/health/ready" -> observed.ready(true).send(response, callback);
            case "/metrics" -> observed.sendMetrics(response, callback);
            case "/api/status" -> {
                door.checkOrigin(request);
                answers.send(caller, observed.status(), response, callback);
            }
            case "/api/status/events" -> {
                door.checkOrigin(request);
                streams.begin(caller, request, response, callback, socket);
            }
            default -> {
                StaticFile file = site.at(path);
                if (file == null) {
                    throw new RequestException(
                            Kind.NOT_FOUND, "The management port has health, metrics and status alone");
                }
                FileAnswer.send(file, request, response, callback);
            }
        }
    }
}
