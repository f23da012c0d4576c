package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.EventJson;
import dev.gapless.gateway.internal.json.MessageJson;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One event as it is, several as a {@code batch}. */
public final class WebSocketFraming implements Framing {
    private int start;
    private long lastMs;
    private String last = EventJson.time(Instant.EPOCH);

    @Override
    public void begin(Bytes frame, String topic) {
        frame.text("{\"type\":\"batch\",\"topic\":");
        MessageJson.tree(TextNode.valueOf(topic), frame);
        frame.text(",\"data\":[");
        start = frame.size();
    }

    @Override
    public void before(Bytes frame, int events) {
        if (events > 0) {
            frame.write(',');
        }
    }

    @Override
    public void after(Bytes frame, Supplier<CursorToken> token) {}

    @Override
    public ByteBuffer end(Bytes frame, int events, Supplier<CursorToken> token) {
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
            last = EventJson.time(Instant.ofEpochMilli(nowMs));
            lastMs = nowMs;
        }
        return last;
    }

    @Override
    public @Nullable ByteBuffer begun(Bytes frame, CursorToken token) {
        return null;
    }

    @Override
    public @Nullable ByteBuffer idle(Bytes frame) {
        return null;
    }

    @Override
    public boolean isStream() {
        return false;
    }
}
