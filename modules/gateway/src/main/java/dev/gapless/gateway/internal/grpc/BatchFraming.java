package dev.gapless.gateway.internal.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.TraceContext;
import dev.gapless.core.log.Slice;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.StateEvent;
import dev.gapless.gateway.internal.client.States;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.PositionJson;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.ShownRow;
import dev.gapless.gateway.v1.Batch;
import dev.gapless.gateway.v1.Begin;
import dev.gapless.gateway.v1.CursorExpired;
import dev.gapless.gateway.v1.Ended;
import dev.gapless.gateway.v1.Event;
import dev.gapless.gateway.v1.Position;
import dev.gapless.gateway.v1.ProducerLeft;
import dev.gapless.gateway.v1.Reason;
import dev.gapless.gateway.v1.SnapshotEnd;
import dev.gapless.gateway.v1.SnapshotStart;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.Subscribed;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Pulled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The responses to {@code Gapless.Subscribe}: a batch of events, or one notice, each with its token. */
final class BatchFraming extends GrpcFraming {
    private final PayloadJson payloads;
    private final States states;
    private String topic = "";
    private final Batch.Builder batch = Batch.newBuilder();
    private final SubscribeTopicResponse.Builder response = SubscribeTopicResponse.newBuilder();

    BatchFraming(Common common) {
        this.payloads = common.payloads();
        this.states = common.states();
    }

    @Override
    public void begin(Bytes frame, String of, boolean ids) {
        topic = of;
        batch.clear();
        response.clear();
    }

    /** While events are gathered the frame only counts their bytes. It is written at its end. */
    @Override
    public void message(
            Bytes frame, int events, MessageReader reader, long maxMessageBytes, Supplier<CursorToken> token) {
        add(event(reader, maxMessageBytes), frame);
    }

    private void add(Event event, Bytes frame) {
        batch.addEvents(event);
        frame.skip(event.getSerializedSize());
    }

    private Event event(MessageReader reader, long maxMessageBytes) {
        Slice slice = reader.slice();
        int i = reader.index();
        Event.Builder event = Event.newBuilder()
                .setPosition(position(reader.node(), reader.epoch(), reader.sequence()))
                .setTime(time(slice.publishedMs(i)))
                .putAllHeaders(slice.headers(i));
        String key = slice.key(i);
        if (key != null) {
            event.setKey(key);
        }
        TraceContext trace = slice.trace(i);
        if (trace != null) {
            event.setTraceparent(trace.traceparent()).setTracestate(trace.tracestate());
        }
        if (slice.isTombstone(i)) {
            return event.setDeleted(true).build();
        }
        long bytes = payloads.plainLength(slice, i);
        if (bytes > Math.min(maxMessageBytes, payloads.mostBytes())) {
            return event.setWithheld(bytes).build();
        }
        try {
            event.setJsonData(payloads.text(slice, i));
        } catch (RuntimeException e) {
            event.setUndecodable(Reasons.of(e));
        }
        return event.build();
    }

    private static Position position(String node, Epoch epoch, long sequence) {
        return Position.newBuilder()
                .setNode(node)
                .setEpoch(epoch.id())
                .setSeq(sequence)
                .build();
    }

    private static Timestamp time(long ms) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(ms, 1_000L))
                .setNanos(Math.floorMod(ms, 1_000) * 1_000_000)
                .build();
    }

    @Override
    public boolean state(Bytes frame, int events, StateEvent said, Supplier<CursorToken> token) {
        if (response.getContentCase() != SubscribeTopicResponse.ContentCase.CONTENT_NOT_SET) {
            return false; // a response says one thing
        } else if (said instanceof StateEvent.Row row) {
            add(event(row), frame);
            return true;
        } else if (batch.getEventsCount() > 0) {
            return false;
        } else if (said instanceof StateEvent.Start start) {
            response.setSnapshotStart(
                    SnapshotStart.newBuilder().setComplete(start.brackets() == StateEvent.Brackets.ALL));
        } else if (said instanceof StateEvent.End end) {
            response.setSnapshotEnd(SnapshotEnd.newBuilder().setStale(end.stale()));
        }
        return true;
    }

    private Event event(StateEvent.Row row) {
        Event.Builder event = Event.newBuilder().setKey(row.key()).setSnapshot(row.in() != null);
        ShownRow shown = states.rows().show(topic, row.row(), row.mostBytes());
        if (shown instanceof ShownRow.Json json) {
            event.setJsonDataBytes(ByteString.copyFrom(json.data()));
        } else if (shown instanceof ShownRow.Deleted) {
            event.setDeleted(true);
        } else if (shown instanceof ShownRow.Withheld withheld) {
            event.setWithheld(withheld.bytes());
        } else if (shown instanceof ShownRow.Undecodable undecodable) {
            event.setUndecodable(undecodable.why());
        }
        return event.build();
    }

    /** It has one token, which is the one that is given at the end. */
    @Override
    public void expired(Bytes frame, long timeMs, List<Gap> gaps, CursorToken inFront, Supplier<CursorToken> next) {
        CursorExpired.Builder expired = CursorExpired.newBuilder().setTime(time(timeMs));
        gaps.forEach(gap -> expired.addGaps(gap(gap)));
        response.setCursorExpired(expired);
    }

    @Override
    public void left(Bytes frame, Pulled.Left left, Supplier<CursorToken> token) {
        response.setProducerLeft(ProducerLeft.newBuilder()
                .setPosition(position(
                        left.node(), left.position().epoch(), left.position().sequence())));
    }

    private static dev.gapless.gateway.v1.Gap gap(Gap gap) {
        dev.gapless.gateway.v1.Gap.Builder to = dev.gapless.gateway.v1.Gap.newBuilder()
                .setReason(Reason.valueOf("REASON_" + gap.reason().name()));
        String node = gap.node();
        if (node != null) {
            to.setNode(node);
        }
        Epoch epoch = gap.epoch();
        if (epoch != null) {
            to.setEpoch(epoch.id());
        }
        Long firstMissing = gap.firstMissing();
        if (firstMissing != null) {
            to.setFirstMissing(firstMissing);
        }
        Long missed = gap.missed();
        if (missed != null) {
            to.setMissed(missed);
        }
        dev.gapless.core.Position resumesAt = gap.resumesAt();
        if (resumesAt != null) {
            to.setResumesEpoch(resumesAt.epoch().id()).setResumesAt(resumesAt.sequence());
        }
        return to.build();
    }

    @Override
    public List<ByteBuffer> end(Bytes frame, int events, Supplier<CursorToken> token) {
        if (batch.getEventsCount() > 0) {
            response.setBatch(batch);
        }
        List<ByteBuffer> written = written(frame, response.setToken(token.get().toString()));
        batch.clear();
        response.clear();
        return written;
    }

    @Override
    public List<ByteBuffer> subscribed(
            Bytes frame, String topic, CursorToken token, List<CursorToken.Entry> places, Set<String> silent) {
        Subscribed.Builder subscribed = Subscribed.newBuilder().addAllSilent(silent);
        for (CursorToken.Entry entry : PositionJson.listed(places)) {
            Begin.Builder begin = subscribed
                    .addPositionsBuilder()
                    .setNode(entry.node())
                    .setEpoch(entry.epoch().id());
            dev.gapless.core.Position position = entry.position();
            if (position != null) {
                begin.setSeq(position.sequence());
            }
            if (entry.over()) {
                begin.setEnded(true);
            }
        }
        return written(
                frame,
                SubscribeTopicResponse.newBuilder().setSubscribed(subscribed).setToken(token.toString()));
    }

    @Override
    public List<ByteBuffer> ended(Bytes frame, String topic, @Nullable CursorToken token, MessageSubscription.End how) {
        Throwable cause = how.cause();
        return written(
                frame,
                SubscribeTopicResponse.newBuilder()
                        .setToken(token == null ? "" : token.toString())
                        .setEnded(Ended.newBuilder()
                                .setReason(how.reason().name())
                                .setMessage(cause == null ? "" : Reasons.of(cause))));
    }

    private static List<ByteBuffer> written(Bytes frame, SubscribeTopicResponse.Builder response) {
        frame.truncate(0);
        write(response.build(), frame);
        return frame.from(0);
    }

    /** gRPC pings: there is a response only if it has a token to tell, and then nothing else. */
    @Override
    public @Nullable List<ByteBuffer> idle(Bytes frame, @Nullable CursorToken progress) {
        return progress == null
                ? null
                : written(frame, SubscribeTopicResponse.newBuilder().setToken(progress.toString()));
    }
}
