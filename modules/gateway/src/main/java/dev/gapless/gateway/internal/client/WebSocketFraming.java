package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.EventJson;
import dev.gapless.gateway.internal.json.MessageJson;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.PositionJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One event as it is, several as a {@code batch}. */
public final class WebSocketFraming extends JsonFraming {
    private int start;
    /** Has each event its token, too? */
    private boolean idOfEach;

    /** What a batch of this topic begins with: a stream has thousands of them a second. */
    private String batchTopic = "";

    private byte[] batch = {};
    private long lastMs;
    private String lastTime = EventJson.time(Instant.EPOCH);

    public WebSocketFraming(Common common) {
        super(common);
    }

    @Override
    public void begin(Bytes frame, String topic, boolean ids) {
        super.begin(frame, topic, ids);
        idOfEach = ids;
        if (!topic.equals(batchTopic)) {
            batch = ("{\"type\":\"batch\",\"topic\":" + TextNode.valueOf(topic) + ",\"data\":[")
                    .getBytes(StandardCharsets.UTF_8);
            batchTopic = topic;
        }
        frame.write(batch, 0, batch.length);
        start = frame.size();
    }

    @Override
    void before(Bytes frame, int events) {
        if (events > 0) {
            frame.write(',');
        }
    }

    @Override
    void after(Bytes frame, Supplier<CursorToken> token) {
        if (idOfEach) {
            frame.truncate(frame.size() - 1); // the end of the object, whose last member the token becomes
            frame.text(",\"token\":\"").text(token.get().toString()).text("\"}");
        }
    }

    @Override
    void afterToken(Bytes frame, Supplier<CursorToken> next) {}

    @Override
    void afterEnd(Bytes frame) {}

    @Override
    void afterObject(Bytes frame, ObjectNode message) {}

    /** One topic ends, not the stream. */
    @Override
    public void addPlace(ObjectNode message) {}

    @Override
    List<ByteBuffer> finish(Bytes frame, int events, Supplier<CursorToken> token) {
        if (events == 1) {
            return frame.from(start);
        }
        frame.text("],\"timestamp\":\"")
                .text(now())
                .text("\",\"token\":\"")
                .text(token.get().toString())
                .text("\"}");
        return frame.from(0);
    }

    /** Most frames of a fast stream are of the same millisecond as the one before. */
    private String now() {
        long nowMs = System.currentTimeMillis();
        if (nowMs != lastMs) {
            lastTime = EventJson.time(Instant.ofEpochMilli(nowMs));
            lastMs = nowMs;
        }
        return lastTime;
    }

    @Override
    public List<ByteBuffer> subscribed(
            Bytes frame, String topic, CursorToken token, List<CursorToken.Entry> places, Set<String> silent) {
        ObjectNode message =
                PayloadJson.JSON.createObjectNode().put("type", "subscribed").put("topic", topic);
        ArrayNode positions = message.putArray("positions");
        PositionJson.listed(places).forEach(entry -> PositionJson.write(positions.addObject(), entry));
        ArrayNode without = message.putArray("silent");
        silent.forEach(without::add);
        MessageJson.tree(message.put("token", token.toString()), frame);
        return frame.from(0);
    }

    @Override
    public @Nullable List<ByteBuffer> idle(Bytes frame, @Nullable CursorToken progress) {
        return null;
    }

    @Override
    public boolean isStream() {
        return false;
    }
}
