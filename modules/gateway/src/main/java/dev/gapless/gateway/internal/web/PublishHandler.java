package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Receipt;
import dev.gapless.core.Position;
import dev.gapless.core.TraceContext;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.MessageCommand;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/topics/{topic}/messages}: one message, or one a line. Thread-safe. */
final class PublishHandler {
    private static final Duration LOOK = Duration.ofMillis(10);
    /** The part of a ring that consumers may not have yet when the next message of a request that waits for them is published. */
    private static final double MOST_UNACKNOWLEDGED = 0.25;

    /** As many as nine digits can say: nobody has more nodes. */
    private static final Pattern HELD = Pattern.compile("held:([1-9][0-9]{0,8})");

    private static final Set<String> OF_LINES = Set.of("wait", "since", "overflow");
    private static final Set<String> OF_MESSAGE = Set.of("key", "wait", "since", "overflow");

    private final Common common;
    private final GatewaySettings settings;
    private final Idempotency idempotency;
    private final Posts posts;

    PublishHandler(Common common) {
        this.common = common;
        this.settings = common.settings();
        this.idempotency = new Idempotency(settings, common.budget());
        this.posts = new Posts(settings.maxPublishingRequests, settings.publishingPerIpLimit);
    }

    /** No further request is taken, and bodies of many lines end behind the line they are at. {@return when all are answered} */
    CompletableFuture<Void> stop() {
        return posts.stop();
    }

    /** How many requests are under way. */
    int size() {
        return posts.size();
    }

    /** Throws {@link RequestException} for what can be told by the head of the request. */
    CompletableFuture<HttpAnswer> publish(String topic, Caller caller, Request request) {
        caller.checkPublishTo(topic); // also before the answer of another one's idempotency key is told
        boolean byLine = isByLine(request);
        Query query = Query.of(request, byLine ? OF_LINES : OF_MESSAGE);
        String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new RequestException(
                    Kind.UNSUPPORTED_MEDIA_TYPE, "Bodies are not decompressed: send them as they are");
        }
        String wait = query.text("wait");
        String since = query.text("since");
        boolean delivered = "delivered".equals(wait);
        if (since != null && !delivered) {
            throw new RequestException(Kind.BAD_MESSAGE, "since goes with wait=delivered");
        }
        boolean paced = isPaced(topic, query.word("overflow", "backpressure", "expire"));
        String key = request.getHeaders().get("Idempotency-Key");
        String messageId = JsonPublisher.id(key);
        RequestDigest fingerprint =
                new RequestDigest(byLine + "?" + request.getHttpURI().getQuery());
        Running running = new Running(
                topic,
                caller,
                byLine,
                query.text("key"),
                delivered,
                wait == null || delivered ? null : receipt(wait),
                since(since),
                paced,
                messageId,
                TraceContext.of(
                        request.getHeaders().get("traceparent"),
                        String.join(",", request.getHeaders().getValuesList("tracestate"))),
                fingerprint);
        posts.begin(caller.address(), request);
        CompletableFuture<HttpAnswer> answer = key == null
                ? running.run(request)
                : idempotency
                        .answer(
                                topic,
                                caller.subject() + "\n" + key,
                                fingerprint,
                                () -> running.run(request),
                                first -> isLike(caller, request, byLine, fingerprint, first))
                        .exceptionally(failure -> problem(caller, RequestException.of(failure)));
        return answer.thenApply(answered -> answered.with("Gapless-Gateway", common.gatewayId()));
    }

    private static Receipt receipt(String wait) {
        Matcher held = HELD.matcher(wait);
        if (!held.matches()) {
            throw new RequestException(
                    Kind.BAD_MESSAGE,
                    "wait is delivered, or held: and a number of nodes from 1 on, not '" + wait + "'");
        }
        return Receipt.heldBy(Integer.parseInt(held.group(1)));
    }

    /** Where the messages begin whose delivery is awaited; those of the request alone if it says nothing. */
    private static long since(@Nullable String text) {
        try {
            return text == null ? Long.MAX_VALUE : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RequestException(Kind.BAD_MESSAGE, "since is the sequence of a message, not '" + text + "'", e);
        }
    }

    /** Reads a request that comes again, and publishes nothing of it. */
    private CompletableFuture<Boolean> isLike(
            Caller caller, Request request, boolean byLine, RequestDigest fingerprint, RequestDigest first) {
        Body.Parts compared = new Body.Parts() {
            @Override
            public @Nullable CompletionStage<?> part(byte[] bytes, int from, int length) {
                if (!fingerprint.covers(first)) {
                    fingerprint.add(bytes, from, length);
                }
                return null;
            }

            @Override
            public RequestException refused(RequestException why) {
                return why;
            }
        };
        return posts.read(new Body(request, byLine, compared, common, caller.quota()))
                .thenApply(read -> fingerprint.isEmpty() || fingerprint.isLike(first));
    }

    private HttpAnswer problem(Caller caller, RequestException refusal) {
        common.refused(caller, refusal);
        return Problem.of(refusal, common.reconnectMs());
    }

    private boolean isPaced(String topic, @Nullable String overflow) {
        return "backpressure".equals(overflow)
                && !common.host().topicSettings(topic).backpressure(); // that ring waits by itself
    }

    private static boolean isByLine(Request request) {
        String given = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        String type = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!type.equals("application/json") && !type.equals("application/x-ndjson")) {
            throw new RequestException(
                    Kind.UNSUPPORTED_MEDIA_TYPE,
                    "The Content-Type is application/json for one message (curl --json 'BODY') or application/x-ndjson for one a line"
                            + " (curl -H 'Content-Type: application/x-ndjson' --data-binary @FILE), not '" + type
                            + "'");
        }
        return type.equals("application/x-ndjson");
    }

    /** One request. One thread at a time. */
    private final class Running implements Body.Parts {
        private final String topic;
        private final Caller caller;
        private final boolean byLine;
        private final @Nullable String key;
        private final boolean waits;
        private final @Nullable Receipt receipt;
        private final long since;
        private final boolean paced;
        private final @Nullable String messageId;
        private final @Nullable TraceContext trace;
        private final RequestDigest fingerprint;
        private long lines;
        private long accepted;
        private @Nullable Position first;
        private @Nullable Position last;

        /**
         * Of this topic.
         *
         * @param caller the client
         * @param waits whether it is answered when everything is delivered
         * @param receipt which nodes have everything when it is answered; null if it is not awaited
         * @param since the first message whose delivery is awaited, if that is in front of those of the request
         * @param paced whether it waits while consumers have not taken much of the ring
         * @param messageId of its message, or of which its lines have theirs; null if a repeat is not recognised
         * @param trace of messages that name none themselves
         * @param fingerprint is told what is read
         */
        Running(
                String topic,
                Caller caller,
                boolean byLine,
                @Nullable String key,
                boolean waits,
                @Nullable Receipt receipt,
                long since,
                boolean paced,
                @Nullable String messageId,
                @Nullable TraceContext trace,
                RequestDigest fingerprint) {
            this.topic = topic;
            this.caller = caller;
            this.byLine = byLine;
            this.key = key;
            this.waits = waits;
            this.receipt = receipt;
            this.since = since;
            this.paced = paced;
            this.messageId = messageId;
            this.trace = trace;
            this.fingerprint = fingerprint;
        }

        CompletableFuture<HttpAnswer> run(Request request) {
            return posts.read(new Body(request, byLine, this, common, caller.quota()))
                    .thenRun(fingerprint::end)
                    .thenCompose(done -> waits ? delivered() : held())
                    .handle((holders, failure) ->
                            failure == null ? HttpAnswer.ok(accepted(holders)) : refused(failure));
        }

        @Override
        public @Nullable CompletionStage<?> part(byte[] bytes, int from, int length) {
            lines++;
            checkCaller();
            fingerprint.add(bytes, from, length);
            if (byLine && isBlank(bytes, from, length)) {
                return null;
            }
            JsonPublisher.Given given = given(bytes, from, length);
            if (!paced || hasRoom()) {
                return publish(given, length);
            }
            return taken().thenCompose(room -> {
                checkCaller();
                return publish(given, length);
            });
        }

        /** A body may take as long as its lines come: its credential has to be good all the while. */
        private void checkCaller() {
            if (!common.access().isValid(caller.principal())) {
                throw new RequestException(Kind.UNAUTHENTICATED, "The credential is valid no more");
            }
        }

        private CompletionStage<Void> publish(JsonPublisher.Given given, int size) {
            return common.publisher().publish(topic, given, size, caller).thenAccept(this::accepted);
        }

        private boolean hasRoom() {
            return common.host().unacknowledged(topic) < MOST_UNACKNOWLEDGED;
        }

        /** When consumers have taken more of what was published. */
        private CompletableFuture<Void> taken() {
            Duration timeout =
                    Duration.ofNanos(common.host().topicSettings(topic).backpressureTimeoutNs());
            return until(this::hasRoom, timeout).thenAccept(inTime -> {
                if (!inTime) {
                    throw new RequestException(
                            Kind.NO_ROOM,
                            "The consumers have not taken what was published before within gapless.backpressure-timeout. Repeat"
                                    + " the rest, or leave out overflow=backpressure, and consumers are told what they miss");
                }
            });
        }

        /** The line that would have come next is the first that is not published. */
        @Override
        public RequestException refused(RequestException why) {
            lines++;
            return why;
        }

        private JsonPublisher.Given given(byte[] bytes, int from, int length) {
            JsonNode json;
            try {
                json = PayloadJson.read(bytes, from, length);
            } catch (JsonProcessingException e) {
                throw new RequestException(Kind.BAD_MESSAGE, "this is no JSON: " + Reasons.ofJson(e), e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (json == null || json.isMissingNode()) {
                throw new RequestException(Kind.BAD_MESSAGE, "there is no JSON");
            }
            if (!byLine) {
                return new JsonPublisher.Given(key, Map.of(), json)
                        .withId(messageId)
                        .within(trace);
            }
            if (!json.isObject()) {
                throw new RequestException(Kind.BAD_MESSAGE, "a line is an object: {\"key\":…,\"data\":…}");
            }
            return MessageCommand.given(json)
                    .withId(JsonPublisher.idOfLine(messageId, lines))
                    .within(trace);
        }

        private void accepted(Position position) {
            accepted++;
            if (first == null) {
                first = position;
            }
            last = position;
        }

        private ObjectNode numbers(String count) {
            ObjectNode answer = PayloadJson.JSON.createObjectNode().put(count, accepted);
            ArrayNode positions = answer.putArray("positions");
            position(positions, first);
            position(positions, last);
            return answer;
        }

        private void position(ArrayNode to, @Nullable Position position) {
            if (position != null) {
                to.addObject()
                        .put("node", common.nodeName())
                        .put("epoch", position.epoch().toString())
                        .put("seq", position.sequence());
            }
        }

        private ObjectNode accepted(Set<String> holders) {
            ObjectNode answer = numbers("count");
            if (receipt != null) {
                holders.forEach(answer.putArray("held_by")::add);
            }
            return answer;
        }

        private HttpAnswer refused(Throwable failure) {
            RequestException refusal = RequestException.of(failure);
            HttpAnswer problem = problem(caller, refusal);
            if (Reasons.cause(failure) instanceof NotDelivered notDelivered) {
                notDelivered.tell(problem.body());
            } else if (Reasons.cause(failure) instanceof NotHeldByEnough notHeld) {
                notHeld.tell(problem.body());
            }
            if (byLine || accepted > 0) {
                problem.body().setAll(numbers("accepted"));
                problem.body().put("line", lines);
            }
            return problem;
        }

        /** Everything is delivered once all consumers have it, and were expired past none of it: they acknowledge what comes behind a gap, too. */
        private CompletableFuture<Set<String>> delivered() {
            Position to = last;
            if (first == null || to == null) {
                return CompletableFuture.completedFuture(Set.of());
            }
            Position from = new Position(first.epoch(), Math.max(1, Math.min(since, first.sequence())));
            return common.host()
                    .reached(topic, from, to, settings.deliveryTimeout)
                    .toCompletableFuture()
                    .handle((reached, failure) -> {
                        if (failure != null) {
                            throw new NotDelivered(Reasons.cause(failure)); // it is published all the same
                        } else if (!reached.isComplete()) {
                            throw new NotDelivered(reached);
                        }
                        return Set.of();
                    });
        }

        /** The nodes that have everything of the request, once they are as many as are wanted. */
        private CompletableFuture<Set<String>> held() {
            Position from = first;
            Position to = last;
            if (receipt == null || from == null || to == null) {
                return CompletableFuture.completedFuture(Set.of());
            }
            return common.host()
                    .held(topic, from, to, receipt, settings.deliveryTimeout)
                    .toCompletableFuture()
                    .handle((held, failure) -> {
                        if (failure != null) {
                            throw new NotHeldByEnough(receipt, Reasons.cause(failure)); // it is published all the same
                        }
                        return held.nodes();
                    });
        }

        /**
         * Looks from time to time whether the consumers have so much, which take it without telling who waits.
         *
         * @return whether they have it within this time
         */
        private CompletableFuture<Boolean> until(BooleanSupplier taken, Duration within) {
            CompletableFuture<Boolean> inTime = new CompletableFuture<>();
            look(taken, System.nanoTime() + within.toNanos(), inTime);
            return inTime;
        }

        private void look(BooleanSupplier taken, long untilNs, CompletableFuture<Boolean> inTime) {
            if (taken.getAsBoolean()) {
                inTime.complete(true);
            } else if (System.nanoTime() - untilNs > 0) {
                inTime.complete(false);
            } else {
                common.later().accept(LOOK, () -> look(taken, untilNs, inTime));
            }
        }
    }

    private static boolean isBlank(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
