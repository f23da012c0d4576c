package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.core.CursorToken;
import java.nio.charset.StandardCharsets;

/** Writes the state of a topic, and its changes, as JSON into a frame. For one thread at a time. */
public final class StateJson {
    private String headTopic = "";
    /** What a row of that topic begins with. */
    private byte[] head = {};

    /**
     * Brackets begin: up to their end what the client shows is no state.
     *
     * @param complete do all rows come, in the place of those that the client has?
     */
    public void start(String topic, boolean complete, Bytes to) {
        to.text("{\"type\":\"snapshot_start\",\"topic\":")
                .text(TextNode.valueOf(topic).toString())
                .text(",\"complete\":" + complete + "}");
    }

    /**
     * Brackets end, and the client has a state.
     *
     * @param token a client that comes back with it is given all that was published up to there
     * @param stale is something missing that this state does not have?
     */
    public void end(String topic, CursorToken token, boolean stale, Bytes to) {
        to.text("{\"type\":\"snapshot_end\",\"topic\":")
                .text(TextNode.valueOf(topic).toString())
                .text(",\"token\":\"" + token + "\",\"stale\":" + stale + "}");
    }

    /**
     * A row.
     *
     * @param inSnapshot does it stand in brackets?
     */
    public void row(String topic, String key, ShownRow row, boolean inSnapshot, Bytes to) {
        if (row instanceof ShownRow.Withheld withheld) {
            MessageJson.tree(instead("withheld", topic, key).put("bytes", withheld.bytes()), to);
            return;
        } else if (row instanceof ShownRow.Undecodable undecodable) {
            MessageJson.tree(instead("undecodable", topic, key).put("message", undecodable.why()), to);
            return;
        }
        if (!topic.equals(headTopic)) {
            headTopic = topic;
            head = ("{\"type\":\"event\",\"topic\":" + TextNode.valueOf(topic) + ",\"key\":\"")
                    .getBytes(StandardCharsets.UTF_8);
        }
        to.write(head);
        to.write(JsonStringEncoder.getInstance().quoteAsUTF8(key));
        to.text(inSnapshot ? "\",\"snapshot\":true" : "\"");
        if (row instanceof ShownRow.Json json) {
            to.text(",\"data\":");
            to.write(json.data());
            to.write('}');
        } else {
            to.text(",\"deleted\":true}");
        }
    }

    /** What is told in the place of a row. */
    private static ObjectNode instead(String type, String topic, String key) {
        return PayloadJson.JSON
                .createObjectNode()
                .put("type", type)
                .put("topic", topic)
                .put("key", key);
    }
}
