package dev.gapless.bench.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.bench.peer.BenchJsonPublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one client of a gateway is given: the events of each stream in order, each once, or a gap that states exactly those that are missing. It asks
 * for what its {@link ClientPath} says, and keeps its place as the JavaScript client does: a token, and what came since.
 */
final class EventChecker extends ClientChecker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] SEQUENCE = ascii("\"seq\":");
    private static final byte[] EVENT = ascii("{\"type\":\"event\"");
    private static final byte[] BATCH = ascii("{\"type\":\"batch\"");
    private static final byte[] NODE = ascii("\"node\":\"");
    private static final byte[] TOKEN = ascii("\"token\":\"");
    private static final byte[] END = ascii("\"}");
    private static final int EPOCH_DIGITS = 16;
    /** Between an epoch and the sequence. */
    private static final int BETWEEN = "\",".length();

    private static final String PING = "{\"type\":\"Ping\"}";

    private final ClientPath path;
    /** Numbers begin again behind this one; 0 if they do not. */
    private final int lastNumber;
    /** Of an event, what follows its sequence. */
    private final int messageBytes;

    private final List<Stream> streams = new ArrayList<>();
    /** That of the last event. */
    private @Nullable Stream latest;

    private String token = "";

    /** What one incarnation of a node publishes. */
    private static final class Stream {
        private static final long UNKNOWN = -1;

        private final String node;
        private final long epoch;
        private long last = UNKNOWN;
        /** Where it was when the token came. */
        private long lastOfToken = UNKNOWN;

        private Stream(String node, long epoch) {
            this.node = node;
            this.epoch = epoch;
        }
    }

    EventChecker(int messageBytes, int lastNumber, ClientPath path) {
        this.messageBytes = messageBytes;
        this.lastNumber = lastNumber;
        this.path = path;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    String path() {
        return super.path() + (path == ClientPath.JAVASCRIPT ? "?hold=true" : "");
    }

    @Override
    void connectsAgain() {
        super.connectsAgain();
        if (path != ClientPath.JAVASCRIPT) {
            send(subscribe(path == ClientPath.IDS)); // the JavaScript client waits for what the gateway takes
        }
    }

    private String subscribe(boolean ids) {
        ObjectNode command = JSON.createObjectNode().put("type", "Subscribe").put("topic", BenchJsonPublisher.TOPIC);
        if (path == ClientPath.JAVASCRIPT) {
            command.put("id", "s");
        }
        if (ids) {
            command.put("ids", true);
        }
        if (path == ClientPath.JAVASCRIPT || !token.isEmpty()) {
            command.put("from", place());
        }
        if (path == ClientPath.JAVASCRIPT) {
            command.put("on_lag", "resync");
        }
        return command.toString();
    }

    private String place() {
        if (token.isEmpty()) {
            return "latest";
        }
        ObjectNode place = JSON.createObjectNode().put("token", token);
        var then = place.putArray("then");
        for (Stream stream : streams) {
            if (stream.last != stream.lastOfToken) {
                then.addObject()
                        .put("node", stream.node)
                        .put("epoch", String.format("%016x", stream.epoch))
                        .put("seq", stream.last);
            }
        }
        return then.isEmpty() ? token : place.toString();
    }

    @Override
    long last() {
        return streams.stream().mapToLong(stream -> Math.max(stream.last, 0)).sum();
    }

    // ------------------------------------------------------------------ what comes

    @Override
    void take(byte[] bytes, int from, int to) {
        if (starts(bytes, from, to, BATCH) || starts(bytes, from, to, EVENT)) {
            events(bytes, from, to);
            token(bytes, from, to);
            return;
        }
        try {
            other(JSON.readTree(bytes, from, to - from));
        } catch (IOException e) {
            fails("a frame that is no JSON: " + e.getMessage());
        }
    }

    private static boolean starts(byte[] bytes, int from, int to, byte[] text) {
        if (to - from < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (bytes[from + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private void events(byte[] bytes, int from, int to) {
        int at = from + EVENT.length;
        int end = to - SEQUENCE.length;
        while (at < end) {
            if (bytes[at] != '"' || bytes[at + 1] != 's' || bytes[at + 2] != 'e' || bytes[at + 3] != 'q') {
                at++;
                continue;
            }
            Stream stream = stream(bytes, at);
            at += SEQUENCE.length;
            long sequence = 0;
            for (; bytes[at] >= '0' && bytes[at] <= '9'; at++) {
                sequence = 10 * sequence + bytes[at] - '0';
            }
            event(stream, sequence);
            at += messageBytes;
        }
    }

    /** The one whose epoch stands in front of a sequence. */
    private Stream stream(byte[] bytes, int sequenceAt) {
        int epochAt = sequenceAt - BETWEEN - EPOCH_DIGITS;
        long epoch = 0;
        for (int i = epochAt; i < epochAt + EPOCH_DIGITS; i++) {
            int digit = bytes[i] <= '9' ? bytes[i] - '0' : bytes[i] - 'a' + 10;
            epoch = (epoch << 4) | digit;
        }
        Stream last = latest;
        if (last != null && last.epoch == epoch) {
            return last;
        }
        Stream its = known(epoch);
        if (its == null) {
            int at = epochAt;
            while (!starts(bytes, at, bytes.length, NODE)) {
                at--;
            }
            int begin = at + NODE.length;
            int end = begin;
            while (bytes[end] != '"') {
                end++;
            }
            its = added(new String(bytes, begin, end - begin, StandardCharsets.UTF_8), epoch);
        }
        latest = its;
        return its;
    }

    private @Nullable Stream known(long epoch) {
        for (Stream stream : streams) {
            if (stream.epoch == epoch) {
                return stream;
            }
        }
        return null;
    }

    private Stream added(String node, long epoch) {
        Stream stream = new Stream(node, epoch);
        streams.add(stream);
        return stream;
    }

    private void event(Stream stream, long sequence) {
        subscribed = true; // a bare Jetty does not say so
        if (stream.last != Stream.UNKNOWN && sequence != stream.last + 1) {
            fails("event " + sequence + " of " + stream.node + " behind " + stream.last);
        }
        stream.last = sequence == lastNumber ? Stream.UNKNOWN : sequence;
        received++;
    }

    /** That of a batch, or of an event that has one: its last member. */
    private void token(byte[] bytes, int from, int to) {
        int end = to - END.length;
        if (!starts(bytes, end, to, END)) {
            return;
        }
        int begin = end;
        while (begin > from && bytes[begin - 1] != '"') {
            begin--;
        }
        if (starts(bytes, begin - TOKEN.length, to, TOKEN)) {
            token(new String(bytes, begin, end - begin, StandardCharsets.US_ASCII));
        }
    }

    /** It stands behind all that has come. */
    private void token(String behind) {
        token = behind;
        streams.forEach(stream -> stream.lastOfToken = stream.last);
    }

    private void other(JsonNode message) {
        switch (message.path("type").asText()) {
            case "connected" -> connected(message.path("data").path("from"));
            case "ping", "pong" -> {
                JsonNode its = message.path("tokens").path(BenchJsonPublisher.TOPIC);
                if (its.isTextual()) {
                    token(its.asText());
                }
            }
            case "subscribed" -> subscribed(message);
            case "cursor_expired" -> {
                token(message.path("token").asText());
                message.path("gaps").forEach(this::gap);
                if (path == ClientPath.JAVASCRIPT) {
                    send(PING);
                }
            }
            default -> fails("it was sent " + message);
        }
    }

    private void connected(JsonNode forms) {
        if (path == ClientPath.JAVASCRIPT) {
            boolean takesThen = false;
            for (JsonNode form : forms) {
                takesThen |= form.asText().equals("then");
            }
            send(subscribe(!takesThen));
        }
    }

    private void subscribed(JsonNode message) {
        subscribed = true;
        for (JsonNode position : message.path("positions")) {
            long epoch = Long.parseUnsignedLong(position.path("epoch").asText(), EPOCH_DIGITS);
            Stream stream = known(epoch);
            if (stream == null) {
                added(position.path("node").asText(), epoch).last =
                        position.path("seq").asLong(Stream.UNKNOWN);
            }
        }
        token(message.path("token").asText());
    }

    private void gap(JsonNode gap) {
        long first = gap.path("first_missing").asLong();
        long resumesAt = gap.path("resumes_at").asLong();
        Stream stream = known(Long.parseUnsignedLong(gap.path("epoch").asText("0"), EPOCH_DIGITS));
        if (stream == null || first == 0 || resumesAt == 0 || (stream.last >= 0 && first != stream.last + 1)) {
            fails("it was told of " + gap + " behind " + (stream == null ? "nothing" : stream.last));
            return;
        }
        announced += resumesAt - first;
        stream.last = resumesAt - 1;
    }

    @Override
    void expect(long published) {
        // each event was judged when it came
    }
}
