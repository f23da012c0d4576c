package dev.gapless.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscription has got in every stream, in a printable form that resumes it on any node (rule T1). URL-safe,
 * bound to its topic and cluster, versioned and check-summed. Immutable.
 *
 * <p>A subscription's token lists as many streams as its node knows, and taking it never fails. The bound ({@link
 * Limits#MAX_TOKEN_POSITIONS}) is checked where a token comes in, to be resumed.
 */
public final class CursorToken {
    /** The {@link #historyId} of a token that says nothing of whom it does not list: an application made it. */
    public static final long MADE_BY_HAND = -1;

    private static final byte VERSION = 2;
    private static final int CHECKSUM_BYTES = 4;
    private static final byte OVER = 1;
    private static final byte HAS_SEQUENCE = 2;
    /** By the names of the nodes. */
    public static final Comparator<Entry> IN_ORDER = Comparator.comparing(Entry::node)
            .thenComparing(entry -> entry.epoch().id());

    private final String topic;
    private final String cluster;
    private final long timeMs;
    private final long historyId;
    private final List<Entry> entries;
    /** By which filter it left out messages; 0 if it left out none, or does not say. */
    private final long filter;

    private @Nullable Map<String, @Nullable Position> positions;

    /**
     * How far a subscription has got in one stream.
     *
     * @param node the name of the producer's node, or its address if it never said one
     * @param uid the incarnation; 0 if whoever made the token knows its epoch alone
     * @param epoch the stream
     * @param sequence everything up to here was given or announced; {@link #UNKNOWN} if the producer had not answered
     * @param over did the subscription come to the end of the stream, or was the loss of its producer announced?
     */
    public record Entry(String node, long uid, Epoch epoch, long sequence, boolean over) {
        /** The producer had not said where it is. */
        public static final long UNKNOWN = -1;

        public Entry {
            Limits.checkName("node", node);
            if (sequence < UNKNOWN) {
                throw new IllegalArgumentException("A sequence is at least 0, this is " + sequence);
            }
        }

        /** The position; null if there is none. */
        public @Nullable Position position() {
            return sequence == UNKNOWN ? null : new Position(epoch, sequence);
        }

        private int sizeBytes() {
            return sizeOf(node) + Long.BYTES + 1 + (uid == 0 ? Long.BYTES : 0) + (sequence == UNKNOWN ? 0 : Long.BYTES);
        }
    }

    /**
     * A token made by hand: it resumes after these positions. Of others, members are read from their beginning, and it is announced what ended.
     *
     * @param cluster the cluster's id
     * @param timeMs when it was taken, in milliseconds since 1970: what ended before, and is not listed, is not announced
     * @param positions for the names of producers how far they were read
     */
    public CursorToken(String topic, String cluster, long timeMs, Map<String, Position> positions) {
        this(topic, cluster, timeMs, MADE_BY_HAND, byHand(positions), 0);
    }

    /**
     * A token made by hand that says, too, which producers were announced as lost, or left.
     *
     * @param entries without their incarnations
     */
    public static CursorToken ofHand(String topic, String cluster, long timeMs, List<Entry> entries) {
        List<Entry> sorted = entries.stream().sorted(IN_ORDER).toList();
        return new CursorToken(topic, cluster, timeMs, MADE_BY_HAND, sorted, 0);
    }

    /**
     * @param timeMs up to when its subscription has passed the end of every stream that ended, by the cluster's time, in milliseconds
     *     since 1970
     * @param historyId of the members' memory of them; 0 if the node where the token was taken had none yet
     * @param entries one for each stream
     * @param filter a hash of the filter by which its subscription left out messages; 0 if it left out none
     */
    public CursorToken(String topic, String cluster, long timeMs, long historyId, List<Entry> entries, long filter) {
        this.topic = Limits.checkName("topic", topic);
        this.cluster = Limits.checkName("cluster id", cluster);
        this.timeMs = timeMs;
        this.historyId = historyId;
        this.entries = List.copyOf(entries);
        this.filter = filter;
    }

    private static List<Entry> byHand(Map<String, Position> positions) {
        return positions.entrySet().stream()
                .map(one -> new Entry(
                        one.getKey(), 0, one.getValue().epoch(), one.getValue().sequence(), false))
                .sorted(IN_ORDER)
                .toList();
    }

    public String topic() {
        return topic;
    }

    public String cluster() {
        return cluster;
    }

    public long timeMs() {
        return timeMs;
    }

    public long historyId() {
        return historyId;
    }

    /** Did an application make it? */
    public boolean isMadeByHand() {
        return historyId == MADE_BY_HAND;
    }

    /** One for each stream, by nodes; the order says nothing of which came first. */
    public List<Entry> entries() {
        return entries;
    }

    /**
     * For the names of nodes how far their producers were read; null for one that had not answered yet. Without streams that are over. In the
     * names' order.
     */
    public Map<String, @Nullable Position> positions() {
        Map<String, @Nullable Position> known = positions;
        if (known == null) {
            known = new TreeMap<>();
            for (Entry entry : entries) {
                if (!entry.over()) {
                    known.put(entry.node(), entry.position());
                }
            }
            known = Collections.unmodifiableMap(known);
            positions = known;
        }
        return known;
    }

    /** The same, without what it says of this node. */
    public CursorToken without(String node) {
        List<Entry> others =
                entries.stream().filter(entry -> !entry.node().equals(node)).toList();
        return new CursorToken(topic, cluster, timeMs, historyId, others, filter);
    }

    /**
     * Where a client is that was given this token, and since then what these entries say. An entry takes the place of this token's entry of the
     * same stream, also if it lies further back (a store was put back), or if the stream is over here and goes on there; others are added. Time,
     * history and filter stay: what ended since the token was taken is announced as to whoever resumes the token.
     *
     * @param since one entry for each stream, {@link Limits#MAX_TOKEN_POSITIONS} at most
     * @throws IllegalArgumentException that says which entry is wrong
     */
    public CursorToken then(List<Entry> since) {
        if (since.size() > Limits.MAX_TOKEN_POSITIONS) {
            throw new IllegalArgumentException("At most " + Limits.MAX_TOKEN_POSITIONS
                    + " streams follow a token, these are " + since.size() + ". The next token has them all");
        }
        Map<Epoch, Entry> places = new LinkedHashMap<>();
        entries.forEach(entry -> places.put(entry.epoch(), entry));
        Set<Epoch> seen = new HashSet<>();
        for (Entry entry : since) {
            if (!seen.add(entry.epoch())) {
                throw new IllegalArgumentException(
                        "The stream " + entry.epoch() + " of " + entry.node() + " follows the token twice");
            }
            Entry before = places.get(entry.epoch());
            long uid = before == null ? entry.uid() : before.uid();
            places.put(entry.epoch(), new Entry(entry.node(), uid, entry.epoch(), entry.sequence(), entry.over()));
        }
        List<Entry> all = places.values().stream().sorted(IN_ORDER).toList();
        return new CursorToken(topic, cluster, timeMs, historyId, all, filter);
    }

    /** The hash of the filter by which its subscription left out messages; 0 if it left out none, or was made by hand. */
    public long filter() {
        return filter;
    }

    /** A hash of everything but the time: two tokens that differ in it do not resume alike. */
    public int placeHash() {
        return Objects.hash(topic, cluster, historyId, entries, filter);
    }

    /** Reads what {@link #toString} wrote; throws IllegalArgumentException that says what is wrong with it. */
    public static CursorToken parse(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "This is no cursor token, it has characters that none has: " + shortened(text), e);
        }
        if (bytes.length < 1 + CHECKSUM_BYTES) {
            throw new IllegalArgumentException("This is no cursor token, it is too short: " + shortened(text));
        }
        if (bytes[0] < 1 || bytes[0] > VERSION) {
            throw new IllegalArgumentException(
                    "The cursor token has version " + bytes[0] + ", this program reads version " + VERSION);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = bytes.length - CHECKSUM_BYTES;
        if (buffer.getInt(length) != checksum(bytes, length)) {
            throw new IllegalArgumentException(
                    "The cursor token is damaged, its checksum does not match: " + shortened(text));
        }
        buffer.position(1).limit(length);
        try {
            return bytes[0] == VERSION ? read(buffer) : ofBefore(buffer);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("The cursor token ends too early: " + shortened(text), e);
        }
    }

    /** Of a version whose positions are of no use any more: whoever resumes it is told so. */
    private static CursorToken ofBefore(ByteBuffer buffer) {
        String topic = readText(buffer);
        String cluster = readText(buffer);
        return new CursorToken(topic, cluster, buffer.getLong(), HistoryId.UNKNOWN, List.of(), 0);
    }

    private static CursorToken read(ByteBuffer buffer) {
        String topic = readText(buffer);
        String cluster = readText(buffer);
        long timeMs = buffer.getLong();
        long historyId = buffer.getLong();
        long filter = buffer.getLong();
        int count = buffer.getInt();
        checkCount(topic, count);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String node = readText(buffer);
            long uid = buffer.getLong();
            byte flags = buffer.get();
            Epoch epoch = uid == 0 ? new Epoch(buffer.getLong()) : Epoch.of(uid, topic);
            long sequence = (flags & HAS_SEQUENCE) == 0 ? Entry.UNKNOWN : buffer.getLong();
            entries.add(new Entry(node, uid, epoch, sequence, (flags & OVER) != 0));
        }
        return new CursorToken(topic, cluster, timeMs, historyId, entries, filter);
    }

    /** Throws IllegalArgumentException if it is a token of another topic or cluster. */
    public void checkIsOf(String resumedTopic, String resumedCluster) {
        if (!topic.equals(resumedTopic)) {
            throw new IllegalArgumentException(
                    "The cursor token is of topic " + topic + ", and cannot resume topic " + resumedTopic);
        }
        if (!cluster.equals(resumedCluster)) {
            throw new IllegalArgumentException("The cursor token is of cluster " + cluster
                    + ", and cannot resume in cluster " + resumedCluster + " (gapless.cluster-id)");
        }
    }

    /** Throws IllegalArgumentException if it names more producers than can be waited for where it is resumed. */
    public void checkResumable() {
        checkCount(topic, entries.size());
    }

    private static void checkCount(String topic, int count) {
        if (count < 0 || count > Limits.MAX_TOKEN_POSITIONS) {
            throw new IllegalArgumentException("A cursor token names at most " + Limits.MAX_TOKEN_POSITIONS
                    + " producers, this one of topic '" + topic + "' names " + count
                    + ". Nodes that keep their name when they restart (gapless.node-name) keep it short");
        }
    }

    @Override
    public String toString() {
        int size = 1 + sizeOf(topic) + sizeOf(cluster) + 3 * Long.BYTES + Integer.BYTES + CHECKSUM_BYTES;
        for (Entry entry : entries) {
            size += entry.sizeBytes();
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        buffer.put(VERSION);
        writeText(buffer, topic);
        writeText(buffer, cluster);
        buffer.putLong(timeMs).putLong(historyId).putLong(filter).putInt(entries.size());
        for (Entry entry : entries) {
            writeText(buffer, entry.node());
            int flags = (entry.over() ? OVER : 0) | (entry.sequence() == Entry.UNKNOWN ? 0 : HAS_SEQUENCE);
            buffer.putLong(entry.uid()).put((byte) flags);
            if (entry.uid() == 0) {
                buffer.putLong(entry.epoch().id());
            }
            if (entry.sequence() != Entry.UNKNOWN) {
                buffer.putLong(entry.sequence());
            }
        }
        buffer.putInt(checksum(buffer.array(), buffer.position()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CursorToken token
                && timeMs == token.timeMs
                && historyId == token.historyId
                && filter == token.filter
                && topic.equals(token.topic)
                && cluster.equals(token.cluster)
                && entries.equals(token.entries);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, cluster, timeMs, historyId, entries, filter);
    }

    private static int sizeOf(String text) {
        return Short.BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void writeText(ByteBuffer buffer, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putShort((short) bytes.length).put(bytes);
    }

    private static String readText(ByteBuffer buffer) {
        int length = buffer.getShort() & 0xffff;
        if (length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
