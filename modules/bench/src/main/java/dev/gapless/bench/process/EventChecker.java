package dev.gapless.bench.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.bench.peer.BenchJsonPublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What one client of a gateway is given: events in order, each once, or a gap that states exactly those that are missing. */
final class EventChecker extends ClientChecker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] SEQUENCE = "\"seq\":".getBytes(StandardCharsets.US_ASCII);
    private static final String EVENT = "{\"type\":\"event\"";
    private static final String BATCH = "{\"type\":\"batch\"";

    /** Numbers begin again behind this one; 0 if they do not. */
    private final int lastNumber;
    /** Of an event, what follows its sequence. */
    private final int messageBytes;
    /** By node, as a client that resumes sends them. */
    private final Map<String, ObjectNode> positions = new TreeMap<>();

    private String producer = "";

    EventChecker(int messageBytes, int lastNumber) {
        this.messageBytes = messageBytes;
        this.lastNumber = lastNumber;
    }

    @Override
    String subscribe() throws JsonProcessingException {
        ObjectNode command = JSON.createObjectNode().put("type", "Subscribe").put("topic", BenchJsonPublisher.TOPIC);
        if (!positions.isEmpty()) {
            ObjectNode position = positions.get(producer);
            if (position != null) {
                position.put("seq", last);
            }
            command.putObject("from").putArray("positions").addAll(positions.values());
        }
        return JSON.writeValueAsString(command);
    }

    @Override
    void take(byte[] bytes, int from, int to) {
        try {
            boolean isBatch = starts(bytes, from, to, BATCH);
            if (!isBatch && !starts(bytes, from, to, EVENT)) {
                other(JSON.readTree(bytes, from, to - from));
                return;
            }
            if (producer.isEmpty()) {
                JsonNode frame = JSON.readTree(bytes, from, to - from);
                producer(isBatch ? frame.path("data").path(0) : frame);
            }
            events(bytes, from, to);
        } catch (IOException e) {
            fails("a frame that is no JSON: " + e.getMessage());
        }
    }

    private void producer(JsonNode event) {
        subscribed = true;
        producer = event.path("node").asText();
        positions.put(
                producer,
                JSON.createObjectNode()
                        .put("node", producer)
                        .put("epoch", event.path("epoch").asText()));
    }

    private static boolean starts(byte[] bytes, int from, int to, String text) {
        if (to - from < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void events(byte[] bytes, int from, int to) {
        int at = from + EVENT.length();
        int end = to - SEQUENCE.length;
        while (at < end) {
            if (bytes[at] != '"' || bytes[at + 1] != 's' || bytes[at + 2] != 'e' || bytes[at + 3] != 'q') {
                at++;
                continue;
            }
            at += SEQUENCE.length;
            long sequence = 0;
            for (; bytes[at] >= '0' && bytes[at] <= '9'; at++) {
                sequence = 10 * sequence + bytes[at] - '0';
            }
            event(sequence);
            at += messageBytes;
        }
    }

    private void event(long sequence) {
        if (last != 0 && sequence != last + 1) {
            fails("event " + sequence + " behind " + last);
        }
        last = sequence == lastNumber ? 0 : sequence;
        received++;
    }

    private void other(JsonNode message) {
        switch (message.path("type").asText()) {
            case "connected", "ping" -> {}
            case "subscribed" -> subscribed(message);
            case "cursor_expired" -> message.path("gaps").forEach(this::gap);
            default -> fails("it was sent " + message);
        }
    }

    private void subscribed(JsonNode message) {
        subscribed = true;
        for (JsonNode position : message.path("positions")) {
            positions.put(position.path("node").asText(), position.deepCopy());
        }
    }

    private void gap(JsonNode gap) {
        long first = gap.path("first_missing").asLong();
        long resumesAt = gap.path("resumes_at").asLong();
        if (first == 0 || resumesAt == 0 || (last != 0 && first != last + 1)) {
            fails("it was told of " + gap + " behind " + last);
        }
        announced += resumesAt - first;
        last = resumesAt - 1;
    }

    @Override
    void expect(long published) {
        // each event was judged when it came
    }
}
