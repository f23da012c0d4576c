package dev.gapless.bench.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gapless.bench.peer.BenchRowPublisher;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What one client of a gateway is given that wants the rows of a {@link BenchRowPublisher}: all of them, between brackets, and then what changes.
 * No row goes back on one connection, nor the state behind its token on the next one.
 */
final class StateChecker extends ClientChecker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] TYPE = bytes("\"type\":\"");
    private static final byte[] TOKEN = bytes("\"token\":\"");
    private static final byte[] COMPLETE = bytes("\"complete\":true");
    private static final byte[] KEY = bytes("\"data\":{\"key\":\"");
    private static final byte[] VERSION = bytes("\",\"version\":");
    private static final byte[] QUOTE = bytes("\"");
    private static final byte[] END = bytes("}");
    private static final int NONE = -1;

    /** The rows of all clients, by their keys. */
    private final Map<String, Integer> indexes;
    /** Of each row; {@link #NONE} of one that it does not have. */
    private final long[] versions;

    private String token = "";
    private boolean inBrackets;
    /** The newest version when it had its last snapshot. */
    private long lastOfToken;

    /** @param indexes of {@link #indexes(int)} */
    StateChecker(Map<String, Integer> indexes) {
        this.indexes = indexes;
        this.versions = new long[indexes.size()];
    }

    /** The numbers of the rows, by their keys. */
    static Map<String, Integer> indexes(int keys) {
        Map<String, Integer> indexes = new HashMap<>();
        for (int i = 0; i < keys; i++) {
            indexes.put(BenchRowPublisher.key(i, keys), i);
        }
        return indexes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    long last() {
        return inBrackets ? 0 : last;
    }

    @Override
    void connectsAgain() {
        super.connectsAgain();
        inBrackets = false;
        last = 0;
        Arrays.fill(versions, NONE);
        send(subscribe());
    }

    private String subscribe() {
        var command = JSON.createObjectNode()
                .put("type", "Subscribe")
                .put("topic", BenchRowPublisher.TOPIC.name())
                .put("state", true);
        if (!token.isEmpty()) {
            command.put("from", token);
        }
        return command.toString();
    }

    @Override
    void take(byte[] bytes, int from, int to) {
        for (int at = find(TYPE, bytes, from, to); at < to; at = find(TYPE, bytes, at, to)) {
            int end = find(QUOTE, bytes, at, to);
            String type = new String(bytes, at, end - at - 1, StandardCharsets.US_ASCII);
            switch (type) {
                case "batch", "connected", "ping", "subscribed" -> {}
                case "snapshot_start" -> start(bytes, at, to);
                case "event" -> at = row(bytes, at, to);
                case "snapshot_end" -> end(bytes, at, to);
                case "cursor_expired" -> announced++;
                default -> fails("it was sent " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
            }
        }
    }

    private void start(byte[] bytes, int from, int to) {
        inBrackets = true;
        int end = find(END, bytes, from, to);
        if (find(COMPLETE, bytes, from, end) < end) {
            Arrays.fill(versions, NONE);
        }
    }

    /** Behind its version. */
    private int row(byte[] bytes, int from, int to) {
        int key = find(KEY, bytes, from, to);
        int behindKey = find(VERSION, bytes, key, to);
        if (behindKey >= to) {
            fails("an event that is no row: " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
            return to;
        }
        Integer index =
                indexes.get(new String(bytes, key, behindKey - VERSION.length - key, StandardCharsets.US_ASCII));
        int at = behindKey;
        long version = 0;
        for (; bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            version = 10 * version + bytes[at] - '0';
        }
        if (index == null || version < versions[index]) {
            fails("row " + index + " came with version " + version + " behind "
                    + (index == null ? "none" : versions[index]));
            return to;
        }
        versions[index] = version;
        last = Math.max(last, version);
        received++;
        return at;
    }

    private void end(byte[] bytes, int from, int to) {
        int begin = find(TOKEN, bytes, from, to);
        token = new String(bytes, begin, find(QUOTE, bytes, begin, to) - 1 - begin, StandardCharsets.US_ASCII);
        inBrackets = false;
        if (Arrays.stream(versions).anyMatch(version -> version == NONE) || last < lastOfToken) {
            fails("a snapshot lacks a row, or what was published up to its token: it has up to " + last
                    + ", and before " + lastOfToken);
        }
        lastOfToken = last;
        subscribed = true;
    }

    @Override
    void expect(long published) {
        long[] expected = new long[versions.length];
        for (long number = 1; number <= published; number++) {
            expected[BenchRowPublisher.index(number, expected.length)] = number;
        }
        if (!Arrays.equals(expected, versions)) {
            fails("its rows are not those of the source");
        }
    }

    /** Behind the next place with this text; the end if there is none. */
    private static int find(byte[] text, byte[] bytes, int from, int to) {
        for (int at = from; at <= to - text.length; at++) {
            if (bytes[at] == text[0] && Arrays.equals(bytes, at, at + text.length, text, 0, text.length)) {
                return at + text.length;
            }
        }
        return to;
    }
}
