package dev.gapless.gateway.internal.grpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.Position;
import dev.gapless.core.TraceContext;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Connected;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.v1.Error;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that publishes. So many of its messages are on their way at once, or so many bytes, and no further one is taken before the first
 * of them is answered and the client has room for its answer: backpressure of the topic reaches it through the stream. Thread-safe.
 */
final class PublishStream implements StreamObserver<PublishRequest>, Connected {
    private static final int AT_ONCE = 16;
    private static final int BYTES_AT_ONCE = 64 << 10;

    private final long id;
    private final ServerCallStreamObserver<PublishResponse> call;
    private final Common common;
    private final Consumer<@Nullable Closing> release;
    private final Caller caller = Callers.caller();
    private final String remote = Callers.hostAndPort();
    private final long sinceNs = System.nanoTime();

    // Guarded by this.
    private final Deque<UnderWay> underWay = new ArrayDeque<>();
    private long bytesUnderWay;
    /** Another message may come. */
    private boolean asked;

    private @Nullable Closing closing;
    private boolean completed;
    private boolean over;
    private long progressNs = System.nanoTime();
    private long published;

    private record UnderWay(CompletableFuture<PublishResponse> answer, int bytes) {}

    /** @param release is told once that the stream has ended, and why; null if the client ended it */
    PublishStream(
            long id,
            ServerCallStreamObserver<PublishResponse> call,
            Common common,
            Consumer<@Nullable Closing> release) {
        this.id = id;
        this.call = call;
        this.common = common;
        this.release = release;
        call.disableAutoRequest();
        call.setOnReadyHandler(this::answer);
        call.setOnCancelHandler(this::disconnected);
        ask();
    }

    /** One message at a time: what is not asked for stays with the transport, which holds little. */
    private synchronized void ask() {
        if (!asked
                && !over
                && closing == null
                && underWay.size() < AT_ONCE
                && (underWay.isEmpty() || bytesUnderWay < BYTES_AT_ONCE)) {
            asked = true;
            call.request(1);
        }
    }

    // ------------------------------------------------------------------ what comes

    @Override
    public synchronized void onNext(PublishRequest request) {
        if (over) {
            return;
        }
        asked = false;
        CompletableFuture<PublishResponse> answer = new CompletableFuture<>();
        UnderWay taken = new UnderWay(answer, request.getSerializedSize());
        underWay.add(taken);
        bytesUnderWay += taken.bytes();
        Runnable done = Inbound.takeMessage();
        CompletionStage<Position> stage;
        try {
            stage = common.publisher()
                    .publish(JsonPublisher.topic(request.getTopic()).name(), given(request), taken.bytes(), caller);
        } catch (RequestException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        var unused = stage.whenComplete((position, failure) -> {
            done.run();
            answer.complete(failure == null ? accepted(position) : refused(failure));
            answer();
        });
        ask();
    }

    private static JsonPublisher.Given given(PublishRequest request) {
        String key = request.hasKey() ? request.getKey() : null;
        JsonNode data = switch (request.getContentCase()) {
            case JSON_DATA -> json(request.getJsonData());
            case DELETED -> {
                if (!request.getDeleted()) {
                    throw new RequestException(
                            Kind.BAD_MESSAGE, "deleted is false: a message has json_data, or deleted = true and a key");
                }
                yield null;
            }
            case CONTENT_NOT_SET ->
                throw new RequestException(Kind.BAD_MESSAGE, "a message has json_data, or deleted and a key");
        };
        String idempotencyKey = request.hasIdempotencyKey() ? request.getIdempotencyKey() : null;
        return new JsonPublisher.Given(key, request.getHeadersMap(), data)
                .withId(JsonPublisher.id(idempotencyKey))
                .within(TraceContext.of(request.getTraceparent(), request.getTracestate()));
    }

    private static JsonNode json(String text) {
        try {
            JsonNode json = PayloadJson.read(text);
            if (json.isMissingNode()) {
                throw new RequestException(Kind.BAD_MESSAGE, "there is no JSON");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new RequestException(Kind.BAD_MESSAGE, "this is no JSON: " + Reasons.ofJson(e), e);
        }
    }

    private PublishResponse accepted(Position position) {
        return PublishResponse.newBuilder()
                .setPosition(dev.gapless.gateway.v1.Position.newBuilder()
                        .setNode(common.nodeName())
                        .setEpoch(position.epoch().id())
                        .setSeq(position.sequence()))
                .build();
    }

    private PublishResponse refused(Throwable failure) {
        RequestException refusal = RequestException.of(failure);
        common.refused(caller, refusal);
        return PublishResponse.newBuilder()
                .setError(Error.newBuilder().setCode(refusal.kind().code()).setMessage(refusal.why()))
                .build();
    }

    @Override
    public void onError(Throwable cause) {
        disconnected();
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            completed = true;
        }
        answer();
    }

    // ------------------------------------------------------------------ what goes

    /** Answers what is done, in the order in which it came. */
    private void answer() {
        boolean ended = false;
        Closing why = null;
        synchronized (this) {
            while (!over && !underWay.isEmpty() && underWay.element().answer().isDone() && call.isReady()) {
                UnderWay first = underWay.remove();
                bytesUnderWay -= first.bytes();
                call.onNext(first.answer().join());
                progressNs = System.nanoTime();
                published++;
                ask();
            }
            if (!over && underWay.isEmpty() && (completed || closing != null)) {
                over = true;
                ended = true;
                why = completed ? null : closing;
                if (completed || closing == null) {
                    call.onCompleted();
                } else {
                    call.onError(Statuses.of(closing, common.reconnectMs()));
                }
            }
        }
        if (ended) {
            release.accept(why);
        }
    }

    private void disconnected() {
        end(null);
    }

    private void end(@Nullable Closing why) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            if (why != null) {
                call.onError(Statuses.of(why, common.reconnectMs()));
            }
        }
        release.accept(why);
    }

    /** What is under way is answered first. */
    @Override
    public void close(Closing why) {
        synchronized (this) {
            if (closing == null) {
                closing = why;
            }
        }
        answer();
    }

    @Override
    public void checkLiveness(long nowNs) {
        boolean stuck;
        synchronized (this) {
            boolean waits = !underWay.isEmpty() && underWay.element().answer().isDone() && !call.isReady();
            stuck = waits && nowNs - progressNs > common.settings().writeTimeout.toNanos();
        }
        if (stuck) {
            end(Closing.STUCK);
        }
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public String protocol() {
        return "grpc";
    }

    @Override
    public long lag() {
        return 0;
    }

    @Override
    public synchronized void describe(ObjectNode to) {
        to.put("client", id)
                .put("protocol", protocol())
                .put("remote", remote)
                .put("uptime_ms", Duration.ofNanos(System.nanoTime() - sinceNs).toMillis())
                .put("events_sent", 0)
                .put("lag", 0)
                .put("lagged_total", 0)
                .put("messages_published", published)
                .putArray("topics");
    }
}
