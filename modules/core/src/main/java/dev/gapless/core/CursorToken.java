package dev.gapless.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscription has got with every producer, in a printable form that resumes it on any node (rule T1). URL-safe,
 * bound to its topic and cluster, versioned and check-summed. Immutable.
 *
 * <p>A subscription's token names as many producers as its feed knows, and taking it never fails. The bound ({@link
 * Limits#MAX_TOKEN_POSITIONS}) is checked where a token comes in, to be resumed.
 */
public final class CursorToken {
    private static final byte VERSION = 1;
    private static final byte HAS_POSITION = 1;
    private static final int CHECKSUM_BYTES = 4;

    private final String topic;
    private final String cluster;
    private final long timeMs;
    private final Map<String, @Nullable Position> positions;
    private final @Nullable Seen seen;
    /** Who was told as lost. */
    private final List<Lost> lost;
    /** By which filter it left out messages; 0 if it left out none, or does not say. */
    private final long filter;

    /**
     * What its subscription had seen of the incarnations that ended (rule T2).
     *
     * @param historyId of the members' memory of them; 0 if the node where the token was taken had none yet
     * @param lives for names of positions the uid of the incarnation that the position is of, as far as that is known
     * @param ended the latest that the subscription had passed, by their uids: what ended shortly before the token's time, and is not
     *     among them, is told where the token is resumed
     * @param lost producers that the subscription was told as lost, and of which the token has no position; the newest first
     */
    public record Seen(long historyId, Map<String, Long> lives, Set<Long> ended, List<Lost> lost) {
        /** Of a subscription whose node remembers nothing: whatever ended is told once. */
        public static final Seen NOTHING = new Seen(0, Map.of(), Set.of());

        public Seen {
            lives = Collections.unmodifiableMap(new TreeMap<>(lives)); // in one order in every run
            ended = Collections.unmodifiableSet(new TreeSet<>(ended));
            lost = List.copyOf(lost);
        }

        /** Of a subscription that was told nobody as lost. */
        public Seen(long historyId, Map<String, Long> lives, Set<Long> ended) {
            this(historyId, lives, ended, List.of());
        }

        /** The same, with these producers that were told as lost. */
        public Seen withLost(List<Lost> others) {
            return new Seen(historyId, lives, ended, others);
        }
    }

    /**
     * A producer that a subscription was told as lost. If that incarnation turns out to be a member where the token is resumed, it goes on
     * there behind this position.
     *
     * @param node the producer's name
     * @param uid the incarnation; {@link #UNKNOWN} if whoever made the token by hand knows its epoch alone
     * @param position how far the subscription had got, or how far the loss said that others had
     */
    public record Lost(String node, long uid, Position position) {
        /** Whichever incarnation the position is of. */
        public static final long UNKNOWN = 0;

        /** May it be that incarnation of that node? */
        private boolean mayBe(String name, long incarnation) {
            return uid == UNKNOWN ? node.equals(name) : uid == incarnation;
        }

        private int sizeBytes() {
            return sizeOf(node) + 3 * Long.BYTES;
        }
    }

    /**
     * A token made by hand: it resumes after these positions, and says nothing of any other producer.
     *
     * @param cluster the cluster's id
     * @param timeMs when it was taken, in milliseconds since 1970
     * @param positions for each producer's name how far it was read, or null for one that had not answered yet
     */
    public CursorToken(String topic, String cluster, long timeMs, Map<String, @Nullable Position> positions) {
        this(topic, cluster, timeMs, positions, null);
    }

    /**
     * A token made by hand that says, too, which producers were told as lost, or left.
     *
     * @param ended these, without their incarnations; the newest first, and no more than {@link Limits#MAX_TOKEN_LOST} count
     */
    public static CursorToken ofHand(
            String topic, String cluster, long timeMs, Map<String, @Nullable Position> positions, List<Lost> ended) {
        return new CursorToken(
                topic,
                cluster,
                timeMs,
                positions,
                null,
                ended.subList(0, Math.min(ended.size(), Limits.MAX_TOKEN_LOST)));
    }

    /**
     * @param timeMs up to when it knows which incarnations ended, by the cluster's time, in milliseconds since 1970
     * @param seen null if it says nothing of producers that it does not name
     */
    public CursorToken(
            String topic, String cluster, long timeMs, Map<String, @Nullable Position> positions, @Nullable Seen seen) {
        this(topic, cluster, timeMs, positions, seen, seen == null ? List.of() : seen.lost());
    }

    private CursorToken(
            String topic,
            String cluster,
            long timeMs,
            Map<String, @Nullable Position> positions,
            @Nullable Seen seen,
            List<Lost> lost) {
        this.topic = Limits.checkName("topic", topic);
        this.cluster = Limits.checkName("cluster id", cluster);
        this.timeMs = timeMs;
        this.positions = positions.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(positions));
        this.seen = seen;
        this.lost = List.copyOf(lost);
        this.filter = 0;
    }

    private CursorToken(CursorToken other, long filter) {
        this.topic = other.topic;
        this.cluster = other.cluster;
        this.timeMs = other.timeMs;
        this.positions = other.positions;
        this.seen = other.seen;
        this.lost = other.lost;
        this.filter = filter;
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

    /** For each producer's name how far it was read; null for one that had not answered yet. In the names' order. */
    public Map<String, @Nullable Position> positions() {
        return positions;
    }

    /** What its subscription had seen of incarnations that ended; null if it was made by hand. */
    public @Nullable Seen seen() {
        return seen;
    }

    /** Who was told as lost, the newest first. */
    public List<Lost> lost() {
        return lost;
    }

    /** What it says of that incarnation of that node, if its subscription was told it as lost. */
    public @Nullable Lost lost(String node, long uid) {
        return firstLost(one -> one.mayBe(node, uid));
    }

    /** How far its subscription had got in that log, as a position says, or the loss that it was told; null if it says nothing of it. */
    public @Nullable Position reachedIn(@Nullable LogEnd end) {
        if (end == null) {
            return null;
        }
        Epoch epoch = end.log().epoch();
        for (Position position : positions.values()) {
            if (position != null && position.epoch().equals(epoch)) {
                return position;
            }
        }
        Lost known = firstLost(one -> one.position().epoch().equals(epoch));
        return known == null ? null : known.position();
    }

    private @Nullable Lost firstLost(Predicate<Lost> which) {
        return lost.stream().filter(which).findFirst().orElse(null);
    }

    /** The same, with other positions. */
    public CursorToken withPositions(Map<String, @Nullable Position> others) {
        return new CursorToken(topic, cluster, timeMs, others, seen, lost).withFilter(filter);
    }

    /** The hash of the filter by which its subscription left out messages; 0 if it left out none, or was made by hand. */
    public long filter() {
        return filter;
    }

    /** The same, of a subscription with this filter. One that was made by hand says nothing of any. */
    public CursorToken withFilter(long hash) {
        return filter == hash || seen == null ? this : new CursorToken(this, hash);
    }

    /** A hash of everything but the time: two tokens that differ in it do not resume alike. */
    public int placeHash() {
        return Objects.hash(topic, cluster, positions, seen, lost, filter);
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
        if (bytes[0] != VERSION) {
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
            return read(buffer);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("The cursor token ends too early: " + shortened(text), e);
        }
    }

    private static CursorToken read(ByteBuffer buffer) {
        String topic = readText(buffer);
        String cluster = readText(buffer);
        long timeMs = buffer.getLong();
        int count = buffer.getInt();
        checkCount(topic, count);
        Map<String, @Nullable Position> positions = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String node = readText(buffer);
            boolean hasPosition = buffer.get() == HAS_POSITION;
            positions.put(node, hasPosition ? new Position(new Epoch(buffer.getLong()), buffer.getLong()) : null);
        }
        Seen seen = buffer.hasRemaining() ? readSeen(buffer, positions.keySet()) : null;
        CursorToken token = new CursorToken(topic, cluster, timeMs, positions, seen);
        return buffer.hasRemaining() ? token.withFilter(buffer.getLong()) : token;
    }

    private static Seen readSeen(ByteBuffer buffer, Set<String> nodes) {
        long historyId = buffer.getLong();
        int count = buffer.getShort() & 0xffff;
        Set<Long> ended = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            ended.add(buffer.getLong());
        }
        Map<String, Long> lives = new TreeMap<>();
        for (String node : nodes) {
            long uid = buffer.getLong();
            if (uid != 0) {
                lives.put(node, uid);
            }
        }
        return new Seen(historyId, lives, ended, buffer.hasRemaining() ? readLost(buffer) : List.of());
    }

    private static List<Lost> readLost(ByteBuffer buffer) {
        int count = buffer.getShort() & 0xffff;
        List<Lost> lost = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String node = readText(buffer);
            long uid = buffer.getLong();
            lost.add(new Lost(node, uid, new Position(new Epoch(buffer.getLong()), buffer.getLong())));
        }
        return lost.size() > Limits.MAX_TOKEN_LOST ? lost.subList(0, Limits.MAX_TOKEN_LOST) : lost;
    }

    /** Throws IllegalArgumentException if it names more producers than can be waited for where it is resumed. */
    public void checkResumable() {
        checkCount(topic, positions.size());
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
        int size = 1 + sizeOf(topic) + sizeOf(cluster) + Long.BYTES + Integer.BYTES + CHECKSUM_BYTES;
        for (String node : positions.keySet()) {
            size += sizeOf(node) + 1 + 2 * Long.BYTES;
        }
        size += seen == null ? 0 : Long.BYTES + Short.BYTES + (seen.ended().size() + positions.size()) * Long.BYTES;
        List<Lost> printed = seen == null ? List.of() : lost; // one that was made by hand has no printed form for it
        boolean hasMore = !printed.isEmpty() || filter != 0;
        size += hasMore
                ? Short.BYTES + printed.stream().mapToInt(Lost::sizeBytes).sum() + (filter == 0 ? 0 : Long.BYTES)
                : 0;
        ByteBuffer buffer = ByteBuffer.allocate(size);
        buffer.put(VERSION);
        writeText(buffer, topic);
        writeText(buffer, cluster);
        buffer.putLong(timeMs).putInt(positions.size());
        for (Map.Entry<String, @Nullable Position> entry : positions.entrySet()) {
            writeText(buffer, entry.getKey());
            Position position = entry.getValue();
            buffer.put(position == null ? 0 : HAS_POSITION);
            if (position != null) {
                buffer.putLong(position.epoch().id()).putLong(position.sequence());
            }
        }
        if (seen != null) {
            buffer.putLong(seen.historyId()).putShort((short) seen.ended().size());
            seen.ended().forEach(buffer::putLong);
            positions.keySet().forEach(node -> buffer.putLong(seen.lives().getOrDefault(node, 0L)));
        }
        if (hasMore) {
            buffer.putShort((short) printed.size());
            printed.forEach(one -> write(buffer, one));
        }
        if (filter != 0) {
            buffer.putLong(filter);
        }
        buffer.putInt(checksum(buffer.array(), buffer.position()));
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CursorToken token && toString().equals(token.toString()) && lost.equals(token.lost);
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    private static void write(ByteBuffer buffer, Lost lost) {
        writeText(buffer, lost.node());
        Position position = lost.position();
        buffer.putLong(lost.uid()).putLong(position.epoch().id()).putLong(position.sequence());
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
