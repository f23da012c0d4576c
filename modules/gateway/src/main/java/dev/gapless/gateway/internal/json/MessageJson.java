package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Ended;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.log.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes messages as they are kept, and notices, as JSON into a frame. For one thread at a time. */
public final class MessageJson {
    /** A message may be as deep as Jackson reads it (1,000); what is around it adds a little. */
    private static final int DEEPEST = 1_100;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build()
            .setCodec(PayloadJson.JSON);

    private static final byte[] NO_KEY = utf8("null,\"data\":");
    private static final byte[] KEY = utf8("\"");
    private static final byte[] END_OF_KEY = utf8("\",\"data\":");

    private final PayloadJson payloads;
    private final EventJson events;
    private @Nullable Head head;
    private long lastTimeMs = Long.MIN_VALUE;
    private byte[] lastTime = {};

    /** Which message, and whose. */
    public record Place(String topic, String node, Position position) {}

    /** What events of a stream begin with. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Head(String topic, String node, Epoch epoch, byte[] text) {
        static Head of(Place place) {
            Epoch epoch = place.position().epoch();
            String text = "{\"type\":\"event\",\"topic\":" + TextNode.valueOf(place.topic()) + ",\"node\":"
                    + TextNode.valueOf(place.node()) + ",\"epoch\":\"" + epoch + "\",\"seq\":";
            return new Head(place.topic(), place.node(), epoch, utf8(text));
        }

        boolean isOf(Place place) {
            return epoch.equals(place.position().epoch()) && node.equals(place.node()) && topic.equals(place.topic());
        }
    }

    private interface Part {
        void write(JsonGenerator out) throws IOException;
    }

    public MessageJson(PayloadJson payloads) {
        this.payloads = payloads;
        this.events = new EventJson(payloads, UnaryOperator.identity());
    }

    /**
     * Writes a message; {@code withheld} if its content has more bytes than that once it is decompressed, or than the gateway shows;
     * {@code undecodable} if it cannot be shown.
     *
     * @param i its number in the slice
     */
    public void message(Place place, Slice slice, int i, long maxMessageBytes, Bytes to) {
        String key = slice.key(i);
        long bytes = payloads.plainLength(slice, i);
        if (bytes > Math.min(maxMessageBytes, payloads.mostBytes())) {
            object(to, out -> EventJson.withheld(place.topic(), place.node(), place.position(), key, bytes, out));
            return;
        }
        int start = to.size();
        try {
            if (plain(place, slice, i, key, to)) {
                return;
            }
            JsonNode data = slice.isTombstone(i) ? null : payloads.shown(PayloadJson.payloadOf(slice, i));
            object(
                    to,
                    out -> events.event(
                            place.topic(),
                            place.node(),
                            place.position(),
                            slice.publishedMs(i),
                            key,
                            slice.headers(i),
                            slice.trace(i),
                            data,
                            out));
        } catch (RuntimeException e) {
            to.truncate(start);
            String why = Reasons.of(e);
            object(to, out -> EventJson.undecodable(place.topic(), place.node(), place.position(), why, out));
        }
    }

    /**
     * Writes what most messages are, JSON without headers and trace: as {@link EventJson#event} does, but what does not change is made once, and the
     * content is copied.
     *
     * @return false if it is something else; then nothing was added
     */
    private boolean plain(Place place, Slice slice, int i, @Nullable String key, Bytes to) {
        if (slice.isTombstone(i) || !slice.headers(i).isEmpty() || slice.trace(i) != null) {
            return false;
        }
        int start = to.size();
        Head known = head;
        if (known == null || !known.isOf(place)) {
            known = Head.of(place);
            head = known;
        }
        to.write(known.text());
        to.number(place.position().sequence());
        to.write(time(slice.publishedMs(i)));
        if (key == null) {
            to.write(NO_KEY);
        } else {
            to.write(KEY);
            to.write(JsonStringEncoder.getInstance().quoteAsUTF8(key));
            to.write(END_OF_KEY);
        }
        if (!payloads.copy(slice, i, to)) {
            to.truncate(start);
            return false;
        }
        to.write('}');
        return true;
    }

    /** What stands between sequence and key. Many messages are of one millisecond. */
    private byte[] time(long timeMs) {
        if (timeMs != lastTimeMs) {
            lastTime = utf8(",\"time\":\"" + EventJson.time(Instant.ofEpochMilli(timeMs)) + "\",\"key\":");
            lastTimeMs = timeMs;
        }
        return lastTime;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes {@code cursor_expired}. */
    public void expired(String topic, long timeMs, List<Gap> gaps, CursorToken token, Bytes to) {
        object(to, out -> events.expired(topic, Instant.ofEpochMilli(timeMs), gaps, token, out));
    }

    /** Writes {@code producer_left}. */
    public void left(Place place, Bytes to) {
        object(to, out -> EventJson.left(place.topic(), place.node(), place.position(), out));
    }

    /** Writes {@code ended}; without a token if it never began. */
    public void ended(
            String topic, Ended.Reason reason, @Nullable Throwable cause, @Nullable CursorToken token, Bytes to) {
        object(to, out -> events.ended(topic, reason.name(), cause, token, out));
    }

    /** Writes any other object. */
    public static void tree(JsonNode tree, Bytes to) {
        try (JsonGenerator out = FACTORY.createGenerator(to)) {
            PayloadJson.JSON.writeTree(out, tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void object(Bytes to, Part part) {
        try (JsonGenerator out = FACTORY.createGenerator(to)) {
            out.writeStartObject();
            part.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
