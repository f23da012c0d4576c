package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the state of a topic, and its changes, as JSON into a frame. For one thread at a time. */
public final class StateJson {
    private final String topic;
    private final RowJson rows;
    private final MessageJson notices;
    private final byte[] head;

    public StateJson(String topic, RowJson rows, PayloadJson payloads) {
        this.topic = topic;
        this.rows = rows;
        this.notices = new MessageJson(payloads);
        this.head = utf8("{\"type\":\"event\",\"topic\":" + TextNode.valueOf(topic) + ",\"key\":\"");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Brackets begin: up to their end what the client shows is no state.
     *
     * @param complete do all rows come, in the place of those that the client has?
     */
    public void start(boolean complete, Bytes to) {
        to.text("{\"type\":\"snapshot_start\",\"topic\":")
                .text(TextNode.valueOf(topic).toString())
                .text(",\"complete\":" + complete + "}");
    }

    /**
     * Brackets end, and the client has a state.
     *
     * @param token a client that comes back with it never sees less
     * @param stale is something missing that this state does not have?
     */
    public void end(CursorToken token, boolean stale, Bytes to) {
        to.text("{\"type\":\"snapshot_end\",\"topic\":")
                .text(TextNode.valueOf(topic).toString())
                .text(",\"token\":\"" + token + "\",\"stale\":" + stale + "}");
    }

    /**
     * A row; null if its key was deleted.
     *
     * @param inSnapshot does it stand in brackets?
     * @param mostBytes of a larger one only that is told
     */
    public void row(String key, @Nullable Object row, boolean inSnapshot, long mostBytes, Bytes to) {
        int start = to.size();
        to.write(head);
        to.write(JsonStringEncoder.getInstance().quoteAsUTF8(key));
        to.text(inSnapshot ? "\",\"snapshot\":true" : "\"");
        if (row == null) {
            to.text(",\"deleted\":true}");
            return;
        }
        byte[] data;
        try {
            data = rows.of(topic, row);
        } catch (RuntimeException e) {
            to.truncate(start);
            MessageJson.tree(instead("undecodable", key).put("message", Reasons.of(e)), to);
            return;
        }
        if (data.length > mostBytes) {
            to.truncate(start);
            MessageJson.tree(instead("withheld", key).put("bytes", data.length), to);
            return;
        }
        to.text(",\"data\":");
        to.write(data);
        to.write('}');
    }

    /** What is told in the place of a row. */
    private ObjectNode instead(String type, String key) {
        return PayloadJson.JSON
                .createObjectNode()
                .put("type", type)
                .put("topic", topic)
                .put("key", key);
    }

    /** Something is missing in the table from now on. */
    public void expired(long timeMs, List<Gap> gaps, CursorToken token, Bytes to) {
        notices.expired(topic, timeMs, gaps, token, to);
    }
}
