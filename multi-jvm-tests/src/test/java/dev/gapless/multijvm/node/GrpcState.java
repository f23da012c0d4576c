package dev.gapless.multijvm.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.v1.Batch;
import dev.gapless.gateway.v1.CursorExpired;
import dev.gapless.gateway.v1.Event;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;

/** The state of a topic by gRPC, one response after the other: the next one is asked for when this one is taken. */
final class GrpcState implements ClientResponseObserver<SubscribeTopicRequest, SubscribeTopicResponse> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Metadata.Key<String> CODE = Metadata.Key.of("gapless-code", Metadata.ASCII_STRING_MARSHALLER);

    private final Frames frames;
    private ClientCallStreamObserver<SubscribeTopicRequest> call;
    private String token;

    private GrpcState(Frames frames, CursorToken token) {
        this.frames = frames;
        this.token = token == null ? "" : token.toString();
    }

    /** Returns what ends it. */
    static AutoCloseable subscribe(int port, String topic, CursorToken token, Frames frames) {
        ManagedChannel channel = Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .build();
        SubscribeTopicRequest.Builder request =
                SubscribeTopicRequest.newBuilder().setTopic(topic).setState(true);
        if (token != null) {
            request.setFrom(token.toString());
        }
        GaplessGrpc.newStub(channel).subscribe(request.build(), new GrpcState(frames, token));
        return channel::shutdownNow;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeTopicRequest> started) {
        call = started;
        started.disableAutoRequestWithInitial(1);
        frames.asksWith(() -> call.request(1));
    }

    @Override
    public void onNext(SubscribeTopicResponse response) {
        ObjectNode message = JSON.createObjectNode();
        switch (response.getContentCase()) {
            case SUBSCRIBED -> message.put("type", "subscribed");
            case SNAPSHOT_START ->
                message.put("type", "snapshot_start")
                        .put("complete", response.getSnapshotStart().getComplete());
            case BATCH -> batch(message, response.getBatch(), response.getToken());
            case SNAPSHOT_END ->
                message.put("type", "snapshot_end")
                        .put("stale", response.getSnapshotEnd().getStale());
            case CURSOR_EXPIRED -> expired(message, response.getCursorExpired());
            case ENDED ->
                message.put("type", "ended").put("reason", response.getEnded().getReason());
            case CONTENT_NOT_SET -> message.put("type", "progress");
            default -> message.put("type", "not expected: " + response);
        }
        token = response.getToken();
        frames.add(message.put("token", token).toString());
    }

    /** Between the rows of a batch the client has the token of the response before. */
    private void batch(ObjectNode message, Batch batch, String behind) {
        ArrayNode events = message.put("type", "batch").putArray("data");
        for (int i = 0; i < batch.getEventsCount(); i++) {
            event(events.addObject(), batch.getEvents(i)).put("token", i + 1 < batch.getEventsCount() ? token : behind);
        }
    }

    private static ObjectNode event(ObjectNode message, Event event) {
        message.put("type", "event").put("key", event.getKey()).put("snapshot", event.getSnapshot());
        if (event.getDeleted()) {
            return message.put("deleted", true);
        }
        try {
            return message.set("data", JSON.readTree(event.getJsonData()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(event.toString(), e);
        }
    }

    private static void expired(ObjectNode message, CursorExpired expired) {
        ArrayNode gaps = message.put("type", "cursor_expired").putArray("gaps");
        expired.getGapsList()
                .forEach(gap ->
                        gaps.addObject().put("reason", gap.getReason().name().substring("REASON_".length())));
    }

    /** Its gateway is gone, refuses it, or it has left. */
    @Override
    public void onError(Throwable cause) {
        Metadata trailers = cause instanceof StatusRuntimeException status ? status.getTrailers() : null;
        String code = trailers == null ? null : trailers.get(CODE);
        frames.add(
                code == null
                        ? Frames.END
                        : JSON.createObjectNode()
                                .put("type", "error")
                                .put("code", code)
                                .toString());
    }

    @Override
    public void onCompleted() {
        frames.add(Frames.END);
    }
}
