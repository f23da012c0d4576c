package dev.gapless.gateway.internal.web;

import dev.gapless.StartFrom;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.client.Client;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.OnLag;
import dev.gapless.gateway.internal.client.SseFraming;
import dev.gapless.gateway.internal.client.SubscribeRequest;
import dev.gapless.gateway.internal.client.TopicFilter;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.gateway.internal.site.StaticFile;
import dev.gapless.gateway.internal.site.StaticFiles;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.jspecify.annotations.Nullable;

/** Which request goes where, past the door. */
final class Routes extends Handler.Abstract {
    private static final String MESSAGES = "/api/topics/{topic}/messages";
    private static final String EVENTS = "/api/topics/{topic}/events";
    private static final String WEB_SOCKET = "/api/ws";
    private static final String SESSION = "/api/session";
    private static final Set<String> OF_EVENTS =
            Set.of("from", "nodes", "keys", "on_lag", "max_message_bytes", "ids", "state");
    private static final Set<String> OF_WEB_SOCKET = Set.of("hold");

    /** So long a browser need not ask again. */
    private static final String PREFLIGHT_SECONDS = "600";

    private final GatewaySettings settings;
    private final Door door;
    private final HttpCallers callers;
    private final Common common;
    private final Clients clients;
    private final PublishHandler publishing;
    private final Observed observed;
    private final StatusStreams streams;
    private final Answers answers;
    private final WebSocketMappings webSockets;
    private final StaticFiles site;

    Routes(
            Common common,
            Clients clients,
            PublishHandler publishing,
            Observed observed,
            StatusStreams streams,
            StaticFiles site,
            WebSocketMappings webSockets) {
        this.common = common;
        this.settings = common.settings();
        this.door = new Door(settings);
        this.callers = new HttpCallers(common.access(), door, settings.trustedProxies);
        this.clients = clients;
        this.publishing = publishing;
        this.observed = observed;
        this.streams = streams;
        this.answers = new Answers(common, "A request");
        this.site = site;
        this.webSockets = webSockets;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Watched socket = Watched.of(request);
        if (socket != null) {
            socket.requestBegins();
            if (!common.access().isOn() || settings.trustedProxies.has(Request.getRemoteAddr(request))) {
                socket.speaks();
            }
            Request.addCompletionListener(request, failure -> socket.requestEnds());
        }
        if (!hasRoomForHead(request, response, callback)) {
            return true;
        }
        try {
            door.checkHost(request);
            tellOrigin(request, response);
            if (request.getMethod().equals("OPTIONS")) {
                door.checkOrigin(request);
                preflight(request, response, callback);
                return true;
            }
            route(request, response, callback, socket);
        } catch (RequestException | IllegalArgumentException e) {
            answers.refuse(callers.unknown(request), e, response, callback);
        }
        return true;
    }

    /**
     * Counts the head, which is kept until the request is over. That of HTTP/1.1 was counted as it came.
     *
     * @return false if there is no room for it. Then it is answered without a body: one for which its client leaves no room would keep the head
     */
    private boolean hasRoomForHead(Request request, Response response, Callback callback) {
        if (request.getConnectionMetaData().getConnection() instanceof HeadConnection connection) {
            Request.addCompletionListener(request, failure -> connection.requestEnds());
            return true;
        }
        Budget.Account account = common.budget().exactAccount(Share.HEADS, Request.getRemoteAddr(request));
        Request.addCompletionListener(request, failure -> account.clear());
        boolean isTooLarge = request.getHeaders().size() > settings.maxHeaderFields;
        if (!isTooLarge && account.add(HeadBytes.of(request.getHeaders()))) {
            return true;
        }
        response.setStatus(isTooLarge ? HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 : HeadBytes.OVER_BUDGET);
        common.tally().refused(Problem.code(response.getStatus()));
        callback.succeeded();
        return false;
    }

    private void tellOrigin(Request request, Response response) {
        String allowed = door.allowedOrigin(request);
        if (allowed != null) {
            response.getHeaders().put("Access-Control-Allow-Origin", allowed);
            response.getHeaders().put("Access-Control-Expose-Headers", "Retry-After, Allow");
            response.getHeaders().put(HttpHeader.VARY, "Origin");
            if (door.isNamed(allowed)) {
                response.getHeaders().put("Access-Control-Allow-Credentials", "true");
            }
        }
    }

    private void route(Request request, Response response, Callback callback, @Nullable Watched socket) {
        Target target = Target.of(request.getHttpURI().getPath());
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        switch (target.path()) {
            case "/api/health", "/health/live" -> {
                allow("GET", reads, response);
                observed.alive().send(response, callback);
            }
            case "/health/ready" -> {
                allow("GET", reads, response);
                var unused = callers.of(request).whenComplete((caller, failure) -> {
                    try {
                        observed.ready(failure == null && caller.seesStatus()).send(response, callback);
                    } catch (RuntimeException e) { // mostly: it is not
                        answers.refuse(callers.unknown(request), e, response, callback);
                    }
                });
            }
            default -> {
                StaticFile file = site.at(target.path());
                if (file != null) { // it holds nothing of the cluster: who looks on needs a credential for that
                    allow("GET", reads, response);
                    FileAnswer.send(file, request, response, callback);
                    return;
                }
                door.checkProxy(request);
                if (!target.path().equals("/metrics")) {
                    door.checkOrigin(request);
                }
                if (target.path().equals(SESSION) && request.getMethod().equals("DELETE")) {
                    BrowserSession.end().send(response, callback); // also of one that is not valid
                    return;
                }
                var unused = callers.of(request).whenComplete((caller, failure) -> {
                    try {
                        if (failure != null) {
                            answers.refuse(callers.unknown(request), failure, response, callback);
                        } else {
                            route(target, caller, request, response, callback, socket);
                        }
                    } catch (Exception e) { // of whatever it asks
                        answers.refuse(caller, e, response, callback);
                    }
                });
            }
        }
    }

    private void route(
            Target target,
            Caller caller,
            Request request,
            Response response,
            Callback callback,
            @Nullable Watched socket)
            throws Exception {
        String topic = target.topic();
        String method = request.getMethod();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        switch (target.path()) {
            case MESSAGES -> {
                allow("POST", method.equals("POST"), response);
                answers.send(
                        caller, publishing.publish(Objects.requireNonNull(topic), caller, request), response, callback);
            }
            case EVENTS -> {
                allow("GET", method.equals("GET"), response);
                stream(Objects.requireNonNull(topic), caller, request, response, callback, socket);
            }
            case WEB_SOCKET -> {
                allow("GET", method.equals("GET") || method.equals("CONNECT"), response);
                upgrade(caller, request, response, callback, socket);
            }
            case SESSION -> {
                allow("POST, DELETE", method.equals("POST"), response);
                BrowserSession.begin(common.access(), caller, request).send(response, callback);
            }
            case "/api/status" -> {
                allow("GET", reads, response);
                caller.checkStatus();
                answers.send(caller, observed.status(), response, callback);
            }
            case "/api/status/events" -> {
                allow("GET", method.equals("GET"), response);
                caller.checkStatus();
                Query.of(request, Set.of());
                streams.begin(caller, request, response, callback, socket);
            }
            case "/metrics" -> {
                allow("GET", reads, response);
                caller.checkStatus();
                observed.sendMetrics(response, callback);
            }
            default -> throw new RequestException(Kind.NOT_FOUND, "There is nothing at this path");
        }
    }

    private static void allow(String methods, boolean isAllowed, Response response) {
        if (!isAllowed) {
            response.getHeaders().put(HttpHeader.ALLOW, methods);
            throw new RequestException(Kind.METHOD_NOT_ALLOWED, "This path takes " + methods);
        }
    }

    /** A browser asks, of any path, before a page of another origin posts JSON, or reconnects where its stream was. */
    private static void preflight(Request request, Response response, Callback callback) {
        response.setStatus(204);
        HttpFields.Mutable headers = response.getHeaders();
        headers.put("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE");
        headers.put(
                "Access-Control-Allow-Headers",
                "Authorization, Cache-Control, Content-Type, Idempotency-Key, Last-Event-ID, Traceparent, Tracestate");
        headers.put("Access-Control-Max-Age", PREFLIGHT_SECONDS);
        if (request.getHeaders().contains("Access-Control-Request-Private-Network", "true")) {
            headers.put(
                    "Access-Control-Allow-Private-Network", "true"); // of a page of the net to a gateway on loopback
        }
        callback.succeeded();
    }

    // ------------------------------------------------------------------ clients that stay

    private void stream(
            String topic,
            Caller caller,
            Request request,
            Response response,
            Callback callback,
            @Nullable Watched socket) {
        String last = request.getHeaders().get("Last-Event-ID");
        if (SseFraming.ENDED.equals(last)) {
            response.setStatus(204);
            callback.succeeded();
            return;
        }
        caller.checkSubscribe(topic);
        Query query = Query.of(request, OF_EVENTS);
        String asked = query.text("from");
        String from = last != null && !last.isEmpty() ? last : asked;
        StartFrom start = from == null ? StartFrom.latest() : common.start(from, topic);
        OnLag onLag = OnLag.parse(query.text("on_lag"));
        if (onLag == OnLag.PAUSE) {
            throw new RequestException(
                    Kind.BAD_MESSAGE, "An event stream cannot be resumed from a pause: use a WebSocket");
        }
        SubscribeRequest wanted = new SubscribeRequest(
                topic,
                start,
                TopicFilter.of(query.list("nodes"), query.list("keys"), caller),
                onLag,
                maxMessageBytes(query.text("max_message_bytes")),
                "true".equals(query.word("state", "true", "false")));
        SseFraming framing = new SseFraming(common, !"frame".equals(query.word("ids", "each", "frame")));
        Clients.Admission admission = clients.admit(caller);
        SseClient transport = SseClient.of(caller, request, response, callback, common, socket);
        Client client = clients.open(admission, transport, framing);
        transport.begin(client::disconnected, request);
        client.start(List.of(wanted));
    }

    private static long maxMessageBytes(@Nullable String text) {
        if (text == null) {
            return Long.MAX_VALUE;
        }
        try {
            long bytes = Long.parseLong(text);
            if (bytes >= 0) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new RequestException(Kind.BAD_MESSAGE, "max_message_bytes is a number of bytes, not '" + text + "'");
    }

    private static RequestException upgradeRequired(Response response) {
        response.getHeaders().put(HttpHeader.UPGRADE, "websocket");
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.UPGRADE);
        return new RequestException(
                Kind.UPGRADE_REQUIRED, "This path takes WebSockets: connect with ws:// or wss://, version 13");
    }

    /** Who may not see it, or has not said yet who it is, says what it wants. */
    private List<SubscribeRequest> ofDefaultTopic(Caller caller) {
        String topic = JsonPublisher.topic(settings.defaultTopic).name();
        return caller.maySubscribe(topic)
                ? List.of(new SubscribeRequest(
                        topic, StartFrom.latest(), TopicFilter.of(null, null, caller), OnLag.RESYNC, Long.MAX_VALUE))
                : List.of();
    }

    private void upgrade(Caller caller, Request request, Response response, Callback callback, @Nullable Watched socket)
            throws Exception {
        boolean holds = "true".equals(Query.of(request, OF_WEB_SOCKET).word("hold", "true", "false"));
        List<SubscribeRequest> first = settings.defaultTopic.isEmpty() || holds ? List.of() : ofDefaultTopic(caller);
        Clients.Admission admission = clients.admit(caller);
        if (socket != null) {
            admission.whenKnown(socket::speaks);
        }
        // Nobody is told of a client that went before its answer was written.
        Request.addCompletionListener(request, failure -> {
            if (failure != null) {
                admission.release();
            }
        });
        boolean upgraded = false;
        try {
            String remote = caller.address() + ":" + Request.getRemotePort(request);
            boolean isOneOfMany = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
            Watched ownSocket = isOneOfMany ? null : socket;
            WebSocketNegotiator negotiator = (asked, answered, done) -> {
                answered.setExtensions(List.of());
                return new WebSocketClient(common, clients, admission, ownSocket, remote, caller.quota(), first);
            };
            upgraded = webSockets.upgrade(negotiator, request, response, callback, configuration -> {
                configuration.setIdleTimeout(Duration.ZERO); // it is pinged
                configuration.setAutoFragment(true);
            });
        } finally {
            if (!upgraded) {
                admission.release();
            }
        }
        if (!upgraded) {
            throw upgradeRequired(response);
        }
    }
}
