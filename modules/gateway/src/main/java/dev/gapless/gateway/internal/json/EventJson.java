package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
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
import dev.gapless.core.TraceContext;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Events as the outward contract has them: one JSON object each. For one thread. */
public final class EventJson {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final PayloadJson payloads;
    private final UnaryOperator<CursorToken> tokens;
    private long lastTimeMs = 0;
    private String lastTime = time(Instant.EPOCH);

    /** @param tokens what becomes of a token before it is printed */
    public EventJson(PayloadJson payloads, UnaryOperator<CursorToken> tokens) {
        this.payloads = payloads;
        this.tokens = tokens;
    }

    /** As the contract has times. */
    public static String time(Instant time) {
        return TIME.format(time);
    }

    public void write(Event<Payload> event, JsonGenerator out) throws IOException {
        out.writeStartObject();
        if (event instanceof Delivery<Payload> delivery) {
            delivery(delivery, out);
        } else if (event instanceof CursorExpired<Payload> expired) {
            expired(expired.topic(), expired.time(), expired.gaps(), expired.token(), out);
        } else if (event instanceof ProducerLeft<Payload> left) {
            left(left.topic(), left.node(), left.position(), out);
        } else if (event instanceof Undecodable<Payload> undecodable) {
            undecodable(
                    undecodable.topic(),
                    undecodable.node(),
                    undecodable.position(),
                    Reasons.of(undecodable.cause()),
                    out);
        } else if (event instanceof Ended<Payload> ended) {
            ended(ended.topic(), ended.reason().name(), ended.cause(), ended.token(), out);
        }
        out.writeEndObject();
    }

    private void delivery(Delivery<Payload> delivery, JsonGenerator out) throws IOException {
        Payload payload = delivery.message();
        event(
                delivery.topic(),
                delivery.node(),
                delivery.position(),
                delivery.time().toEpochMilli(),
                delivery.key(),
                delivery.headers(),
                delivery.trace(),
                payload == null ? null : payloads.shown(payload),
                out);
    }

    /** What a message shows, within an object that has begun; no data says that its key was deleted. */
    void event(
            String topic,
            String node,
            Position position,
            long timeMs,
            @Nullable String key,
            Map<String, String> headers,
            @Nullable TraceContext trace,
            @Nullable JsonNode data,
            JsonGenerator out)
            throws IOException {
        head("event", topic, out);
        position(node, position, out);
        out.writeStringField("time", timeOf(timeMs));
        out.writeStringField("key", key);
        if (!headers.isEmpty()) {
            out.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> header : headers.entrySet()) {
                out.writeStringField(header.getKey(), header.getValue());
            }
            out.writeEndObject();
        }
        if (trace != null) {
            out.writeStringField("traceparent", trace.traceparent());
            if (!trace.tracestate().isEmpty()) {
                out.writeStringField("tracestate", trace.tracestate());
            }
        }
        if (data == null) {
            out.writeBooleanField("deleted", true);
        } else {
            out.writeFieldName("data");
            PayloadJson.JSON.writeTree(out, data);
        }
    }

    /** Many messages are of one millisecond, and to format a time costs more than the rest of its message. */
    private String timeOf(long timeMs) {
        if (timeMs != lastTimeMs) {
            lastTime = time(Instant.ofEpochMilli(timeMs));
            lastTimeMs = timeMs;
        }
        return lastTime;
    }

    static void withheld(
            String topic, String node, Position position, @Nullable String key, long bytes, JsonGenerator out)
            throws IOException {
        head("withheld", topic, out);
        position(node, position, out);
        out.writeStringField("key", key);
        out.writeNumberField("bytes", bytes);
    }

    static void undecodable(String topic, String node, Position position, String why, JsonGenerator out)
            throws IOException {
        head("undecodable", topic, out);
        position(node, position, out);
        out.writeStringField("message", why);
    }

    static void left(String topic, String node, Position position, JsonGenerator out) throws IOException {
        head("producer_left", topic, out);
        position(node, position, out);
        out.writeBooleanField("clean", true);
    }

    void expired(String topic, Instant time, List<Gap> gaps, CursorToken token, JsonGenerator out) throws IOException {
        head("cursor_expired", topic, out);
        out.writeStringField("time", time(time));
        out.writeArrayFieldStart("gaps");
        for (Gap gap : gaps) {
            gap(gap, out);
        }
        out.writeEndArray();
        out.writeStringField("token", tokens.apply(token).toString());
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

    void ended(String topic, String reason, @Nullable Throwable cause, @Nullable CursorToken token, JsonGenerator out)
            throws IOException {
        head("ended", topic, out);
        out.writeStringField("reason", reason);
        if (cause != null) {
            out.writeStringField("message", Reasons.of(cause));
        }
        out.writeStringField("token", token == null ? null : tokens.apply(token).toString());
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
