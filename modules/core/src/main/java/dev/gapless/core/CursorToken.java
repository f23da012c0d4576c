package dev.gapless.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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

    private static final byte VERSION = 3;
    private static final int OVER = 1;
    private static final int HAS_SEQUENCE = 2;
    private static final int TOLD = 4;
    private static final int NAMELESS = 8;
    private static final int HOST_IS_UID = 16;
    private static final int HAS_HOST = 32;

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
    /** The node that took it. */
    private final long home;

    private @Nullable Map<String, @Nullable Position> positions;

    /**
     * How far a subscription has got in one stream.
     *
     * @param node the name of the producer's node, or its address if it never said one
     * @param uid the incarnation; 0 if whoever made the token knows its epoch alone
     * @param epoch the stream
     * @param sequence everything up to here was given or announced; {@link #UNKNOWN} if the producer had not answered, or if nobody knew what
     *     was read of it
     * @param over did the subscription come to the end of the stream, or was the loss of its producer announced?
     * @param told was it told as lost, where nobody knew whether it was over? Whatever is heard of it later is lost once more
     * @param nameless is the node an address?
     * @param host the member that had the producer's name; 0 if none had
     */
    public record Entry(
            String node,
            long uid,
            Epoch epoch,
            long sequence,
            boolean over,
            boolean told,
            boolean nameless,
            long host) {
        /** The producer had not said where it is. */
        public static final long UNKNOWN = -1;
        /** The stream of an entry that names none. */
        public static final Epoch NO_STREAM = new Epoch(0);

        public Entry {
            Limits.checkName("node", node);
            if (sequence < UNKNOWN) {
                throw new IllegalArgumentException("A sequence is at least 0, this is " + sequence);
            }
        }

        /** One that says nothing of members. */
        public Entry(String node, long uid, Epoch epoch, long sequence, boolean over) {
            this(node, uid, epoch, sequence, over, false, false, 0);
        }

        /** The position; null if there is none. */
        public @Nullable Position position() {
            return sequence == UNKNOWN ? null : new Position(epoch, sequence);
        }

        /** The same elsewhere in its stream: what was told before does not count there. */
        public Entry at(long itsSequence, boolean isOver) {
            return new Entry(node, uid, epoch, itsSequence, isOver, false, nameless, host);
        }

        private static Entry read(ByteBuffer buffer, String topic) {
            String node = TokenText.readText(buffer);
            long uid = buffer.getLong();
            int flags = buffer.get();
            Epoch epoch = uid == 0 ? new Epoch(buffer.getLong()) : Epoch.of(uid, topic);
            long sequence = (flags & HAS_SEQUENCE) == 0 ? UNKNOWN : buffer.getLong();
            long host = (flags & HOST_IS_UID) != 0 ? uid : (flags & HAS_HOST) != 0 ? buffer.getLong() : 0;
            boolean isOver = (flags & OVER) != 0;
            return new Entry(node, uid, epoch, sequence, isOver, (flags & TOLD) != 0, (flags & NAMELESS) != 0, host);
        }

        private int flags() {
            int flags = over ? OVER : 0;
            flags |= sequence == UNKNOWN ? 0 : HAS_SEQUENCE;
            flags |= told ? TOLD : 0;
            flags |= nameless ? NAMELESS : 0;
            return host == 0 ? flags : flags | (host == uid ? HOST_IS_UID : HAS_HOST);
        }

        private int sizeBytes() {
            int numbers = 1 + (uid == 0 ? 1 : 0) + Integer.bitCount(flags() & (HAS_SEQUENCE | HAS_HOST));
            return TokenText.sizeOf(node) + 1 + numbers * Long.BYTES;
        }

        private void write(ByteBuffer buffer) {
            TokenText.writeText(buffer, node);
            buffer.putLong(uid).put((byte) flags());
            if (uid == 0) {
                buffer.putLong(epoch.id());
            }
            if (sequence != UNKNOWN) {
                buffer.putLong(sequence);
            }
            if (host != 0 && host != uid) {
                buffer.putLong(host);
            }
        }

        /** The same, of which these incarnations are known. */
        private Entry of(long itsUid, long itsHost) {
            return new Entry(node, itsUid, epoch, sequence, over, told, nameless, itsHost);
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
        this(topic, cluster, timeMs, historyId, entries, filter, 0);
    }

    private CursorToken(
            String topic, String cluster, long timeMs, long historyId, List<Entry> entries, long filter, long home) {
        this.topic = Limits.checkName("topic", topic);
        this.cluster = Limits.checkName("cluster id", cluster);
        this.timeMs = timeMs;
        this.historyId = historyId;
        this.entries = List.copyOf(entries);
        this.filter = filter;
        this.home = home;
    }

    /** The same, which that incarnation's node took. */
    public CursorToken takenBy(long uid) {
        return new CursorToken(topic, cluster, timeMs, historyId, entries, filter, uid);
    }

    /** The same with these entries. */
    public CursorToken with(List<Entry> others) {
        return new CursorToken(topic, cluster, timeMs, historyId, others, filter, home);
    }

    /** The same, whose subscription leaves out messages by a filter with that hash; 0 if by none. */
    public CursorToken filteredBy(long hash) {
        return new CursorToken(topic, cluster, timeMs, historyId, entries, hash, home);
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

    /** The incarnation of the node that took it; 0 if nobody says so, as in one that was made by hand. */
    public long home() {
        return home;
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
        return with(entries.stream().filter(entry -> !entry.node().equals(node)).toList());
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
        Map<Object, Entry> places = new LinkedHashMap<>();
        entries.forEach(
                entry -> places.put(entry.epoch().equals(Entry.NO_STREAM) ? entry.node() : entry.epoch(), entry));
        Set<Epoch> seen = new HashSet<>();
        for (Entry entry : since) {
            if (!seen.add(entry.epoch())) {
                throw new IllegalArgumentException(
                        "The stream " + entry.epoch() + " of " + entry.node() + " follows the token twice");
            }
            Entry before = places.get(entry.epoch());
            places.put(entry.epoch(), before == null ? entry : entry.of(before.uid(), before.host()));
        }
        return with(places.values().stream().sorted(IN_ORDER).toList());
    }

    /** The hash of the filter by which its subscription left out messages; 0 if it left out none, or was made by hand. */
    public long filter() {
        return filter;
    }

    /** A hash of everything but the time: two tokens that differ in it do not resume alike. */
    public int placeHash() {
        return Objects.hash(topic, cluster, historyId, entries, filter, home);
    }

    /** Reads what {@link #toString} wrote; throws IllegalArgumentException that says what is wrong with it. */
    public static CursorToken parse(String text) {
        ByteBuffer buffer = TokenText.open(text, VERSION);
        try {
            return buffer.get(0) == VERSION ? read(buffer) : ofBefore(buffer);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("The cursor token ends too early: " + TokenText.shortened(text), e);
        }
    }

    /** Of a version whose positions are of no use any more: whoever resumes it is told so. */
    private static CursorToken ofBefore(ByteBuffer buffer) {
        String topic = TokenText.readText(buffer);
        String cluster = TokenText.readText(buffer);
        return new CursorToken(topic, cluster, buffer.getLong(), HistoryId.UNKNOWN, List.of(), 0);
    }

    private static CursorToken read(ByteBuffer buffer) {
        String topic = TokenText.readText(buffer);
        String cluster = TokenText.readText(buffer);
        long timeMs = buffer.getLong();
        long historyId = buffer.getLong();
        long filter = buffer.getLong();
        long home = buffer.getLong();
        int count = buffer.getInt();
        checkCount(topic, count);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(Entry.read(buffer, topic));
        }
        return new CursorToken(topic, cluster, timeMs, historyId, entries, filter).takenBy(home);
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
        int size = 1 + TokenText.sizeOf(topic) + TokenText.sizeOf(cluster) + 4 * Long.BYTES + Integer.BYTES;
        for (Entry entry : entries) {
            size += entry.sizeBytes();
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        buffer.put(VERSION);
        TokenText.writeText(buffer, topic);
        TokenText.writeText(buffer, cluster);
        buffer.putLong(timeMs).putLong(historyId).putLong(filter).putLong(home).putInt(entries.size());
        entries.forEach(entry -> entry.write(buffer));
        return TokenText.close(buffer);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CursorToken token
                && timeMs == token.timeMs
                && historyId == token.historyId
                && filter == token.filter
                && home == token.home
                && topic.equals(token.topic)
                && cluster.equals(token.cluster)
                && entries.equals(token.entries);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, cluster, timeMs, historyId, entries, filter, home);
    }
}
