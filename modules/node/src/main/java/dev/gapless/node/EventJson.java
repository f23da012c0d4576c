package dev.gapless.node;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Events as the outward contract has them: one JSON object each. For one thread. */
final class EventJson {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final PayloadJson payloads;
    private final UnaryOperator<CursorToken> tokens;
    private long lastTimeMs = 0;
    private String lastTime = time(Instant.EPOCH);

    /** @param tokens what becomes of a token before it is printed */
    EventJson(PayloadJson payloads, UnaryOperator<CursorToken> tokens) {
        this.payloads = payloads;
        this.tokens = tokens;
    }

    static String time(Instant time) {
        return TIME.format(time);
    }

    void write(Event<Payload> event, JsonGenerator out) throws IOException {
        out.writeStartObject();
        if (event instanceof Delivery<Payload> delivery) {
            delivery(delivery, out);
        } else if (event instanceof CursorExpired<Payload> expired) {
            expired(expired, out);
        } else if (event instanceof ProducerLeft<Payload> left) {
            head("producer_left", left.topic(), out);
            position(left.node(), left.position(), out);
            out.writeBooleanField("clean", true);
        } else if (event instanceof Undecodable<Payload> undecodable) {
            head("undecodable", undecodable.topic(), out);
            position(undecodable.node(), undecodable.position(), out);
            out.writeStringField("message", Failure.reason(undecodable.cause()));
        } else if (event instanceof Ended<Payload> ended) {
            ended(ended, out);
        }
        out.writeEndObject();
    }

    private void delivery(Delivery<Payload> delivery, JsonGenerator out) throws IOException {
        head("event", delivery.topic(), out);
        position(delivery.node(), delivery.position(), out);
        out.writeStringField("time", timeOf(delivery));
        out.writeStringField("key", delivery.key());
        if (!delivery.headers().isEmpty()) {
            out.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> header : delivery.headers().entrySet()) {
                out.writeStringField(header.getKey(), header.getValue());
            }
            out.writeEndObject();
        }
        Payload payload = delivery.message();
        if (payload == null) {
            out.writeBooleanField("deleted", true);
        } else {
            out.writeFieldName("data");
            payloads.write(payload, out);
        }
    }

    /** Many messages are of one millisecond, and to format a time costs more than the rest of its message. */
    private String timeOf(Delivery<Payload> delivery) {
        long timeMs = delivery.time().toEpochMilli();
        if (timeMs != lastTimeMs) {
            lastTime = time(delivery.time());
            lastTimeMs = timeMs;
        }
        return lastTime;
    }

    private void expired(CursorExpired<Payload> expired, JsonGenerator out) throws IOException {
        head("cursor_expired", expired.topic(), out);
        out.writeStringField("time", time(expired.time()));
        out.writeArrayFieldStart("gaps");
        for (Gap gap : expired.gaps()) {
            gap(gap, out);
        }
        out.writeEndArray();
        out.writeStringField("token", tokens.apply(expired.token()).toString());
    }

    private static void gap(Gap gap, JsonGenerator out) throws IOException {
        Position resumesAt = gap.resumesAt();
        out.writeStartObject();
        out.writeStringField("node", gap.node());
        out.writeStringField("reason", gap.reason().name());
        out.writeStringField("epoch", text(gap.epoch()));
        number("first_missing", gap.firstMissing(), out);
        number("missed", gap.missed(), out);
        out.writeStringField("resumes_epoch", resumesAt == null ? null : text(resumesAt.epoch()));
        number("resumes_at", resumesAt == null ? null : resumesAt.sequence(), out);
        out.writeEndObject();
    }

    private void ended(Ended<Payload> ended, JsonGenerator out) throws IOException {
        head("ended", ended.topic(), out);
        out.writeStringField("reason", ended.reason().name());
        Throwable cause = ended.cause();
        if (cause != null) {
            out.writeStringField("message", Failure.reason(cause));
        }
        out.writeStringField("token", tokens.apply(ended.token()).toString());
    }

    private static void head(String type, String topic, JsonGenerator out) throws IOException {
        out.writeStringField("type", type);
        out.writeStringField("topic", topic);
    }

    private static void position(String node, Position position, JsonGenerator out) throws IOException {
        out.writeStringField("node", node);
        out.writeStringField("epoch", position.epoch().toString());
        out.writeNumberField("seq", position.sequence());
    }

    private static void number(String name, @Nullable Long value, JsonGenerator out) throws IOException {
        out.writeFieldName(name);
        if (value == null) {
            out.writeNull();
        } else {
            out.writeNumber(value);
        }
    }

    private static @Nullable String text(@Nullable Epoch epoch) {
        return epoch == null ? null : epoch.toString();
    }
}
