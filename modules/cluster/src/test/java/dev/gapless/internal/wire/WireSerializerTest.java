package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.OtherCluster;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.TraceContext;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Fetch;
import dev.gapless.core.wire.Fetched;
import dev.gapless.core.wire.Find;
import dev.gapless.core.wire.Found;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Ping;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireSerializerTest {
    private static final TopicSettings LARGE = TopicSettings.DEFAULTS.with(draft -> draft.bufferBytes = 1L << 40);
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final Session SESSION = new Session(-5, 300);
    private static final LogIdentity LOG = LogIdentity.fresh(new Epoch(-77), 1_700_000_000_000L);
    private static final LogIdentity MUTE = new LogIdentity(new Epoch(1), 0, 1_700_000_000_000L, false, false);
    private static final LogIdentity EARLIER = new LogIdentity(new Epoch(2), -7, 1_700_000_000_000L, true, true);
    private static final LogIdentity BEHIND =
            MUTE.behind(List.of(new LogIdentity.Earlier(-7, 0), new LogIdentity.Earlier(1L << 40, 1L << 50)));

    private static final Position PLACE = new Position(new Epoch(-1), 1L << 40);

    private final WireSerializer serializer = new WireSerializer((ExtendedActorSystem) null);

    static Stream<Object> messages() {
        return Stream.of(
                new Register("t", 0, SESSION, 9, Start.LATEST, 1),
                new Register("t", 7, SESSION, 9, Start.EARLIEST, 1),
                new Register("t", 7, SESSION, 9, Start.BEGINNING, 1),
                new Register("t", 7, SESSION, 9, new Start.Since(-3), 1),
                new Register("täg", 7, SESSION, -9, new Start.After(new Position(new Epoch(-1), 1L << 40)), 0),
                new Register("t", 0, SESSION, 9, new Start.Copy(null, false, null), 1),
                new Register("t", 0, SESSION, 9, new Start.Copy(PLACE, false, null), 1),
                new Register("t", 0, SESSION, 9, new Start.Copy(null, true, PLACE), 1),
                new Register("t", 0, SESSION, 9, new Start.Copy(PLACE, true, new Position(new Epoch(3), 0)), 1),
                new Registered("t", 0, SESSION, LOG, 5, 3, 1000, 0),
                new Registered("t", 0, SESSION, MUTE, 5, 3, 1000, 0),
                new CursorExpired("t", 0, SESSION, Reason.POSITION_UNKNOWN, MUTE, 5, 1, 9, true),
                new Registered("t", 0, SESSION, EARLIER, 5, 3, 1000, 0),
                new Registered("t", 0, SESSION, BEHIND, 5, 3, 1000, 0),
                new CursorExpired("t", 0, SESSION, Reason.OVERRUN, LOG, 5, 1, 9, false),
                new Heartbeat("t", 0, SESSION, -4, 5, 1, 6),
                new Ack("t", 3, SESSION, 5, 524_288),
                new Ack("t", 0, SESSION, 0, 0, 0),
                new Ack("t", 0, SESSION, 1L << 40, 7, 1),
                new Ack("t", 0, SESSION, 5, Ack.KEEPS_NOTHING - 1, 1),
                new Ack("t", 0, SESSION, 5, Ack.KEEPS_NOTHING, 1),
                new Gone("t", 0, SESSION, 5),
                new GoneAck("t", 0, SESSION, 5),
                new Deregister("t", 0, SESSION),
                new Fetch("t", 0, SESSION, 1L << 40, 0),
                new Fetched("t", 0, SESSION, new Epoch(-3), 1, 2, 1L << 40, List.of()),
                new Find("t", 0, SESSION, new Start.After(new Position(new Epoch(-1), 7))),
                new Found("t", 0, SESSION, Start.EARLIEST, null, new Position(new Epoch(-1), 2), 2, 1L << 40),
                new Found("t", 0, SESSION, new Start.Since(-3), Reason.OVERRUN, new Position(new Epoch(1), 1), 1, 0),
                new Hello(-1, 2, "n1", List.of(-7, 8, Integer.MIN_VALUE), true, 1L << 40, -8, 1L << 33, false),
                new Ping(-1, 2, 3, 4, 5, 6, -7),
                new Farewell(-1, 2, Map.of(new Epoch(-1), 19L, new Epoch(1), 1L << 40)),
                new Farewell(-1, 2, Map.of(new Epoch(-1), 1L)),
                new Farewell(-1, 2, 1_022, 1_024, Map.of(new Epoch(-1), 1L)),
                new HistoryPart(
                        -1,
                        2,
                        3,
                        4,
                        1,
                        2,
                        List.of(new Departure(7, "n2", 8, Map.of(new Epoch(-1), 19L))),
                        true,
                        false,
                        HistoryId.UNKNOWN,
                        Long.MIN_VALUE,
                        List.of(),
                        Set.of()),
                new AskHistory(-1, 2, 3),
                new HistoryPart(
                        -1,
                        2,
                        3,
                        4,
                        0,
                        2,
                        List.of(
                                new Departure(-5, "n1", 6, null),
                                new Departure(7, "n2", 8, Map.of(new Epoch(-1), 19L))),
                        false,
                        false,
                        HistoryId.first(-1),
                        Long.MIN_VALUE,
                        List.of(
                                new OtherCluster(-5, "n5 at host:5", 3, 7),
                                new OtherCluster(6, "", 0, -8, -8, OtherCluster.Stage.CERTAIN)),
                        Set.of(1L, -2L)),
                new ClusterProbe(-1, 2, 3, true, "c", "n1", "host:1", -4, "host:2", 1L << 40, Set.of(-1L, -4L)),
                new ClusterProbe(-1, ClusterProbe.WHOEVER, 3, false, "c", "n1", "host:1", -1, "host:1", -5, Set.of()),
                new GiveWay(-1, 2, "host:1", 1L << 40, Set.of(-1L, 3L), Set.of(2L)),
                new StatusMessage.Request(1, -2, 3),
                new StatusMessage.Reply(1, -2, "{\"a\":\"ü\"}"));
    }

    /** Messages one millisecond apart, in one piece. */
    private static List<Slice> slices(long timeMs, Content... contents) {
        Segment segment = Segment.of(1, timeMs, contents[0], 1 << 20);
        for (int i = 0; i < contents.length; i++) {
            segment.append(contents[i], timeMs + i);
        }
        return List.of(segment.slice(1, contents.length));
    }

    private static Content content(int number, String key, Map<String, String> headers, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Content(key, false, headers, new Format(number % 3 - 1, "m" + number % 2), bytes);
    }

    private static Batch batch() {
        List<Slice> slices = new ArrayList<>();
        slices.addAll(slices(1000, content(41, null, Map.of(), "one"), content(42, "clé", Map.of(), "")));
        slices.addAll(slices(
                1007,
                content(43, null, Map.of("a", "1", "b", "2"), "three")
                        .withTrace(new TraceContext(TRACEPARENT, "a=1,b=2"))
                        .withId("alice/ä"),
                new Content("gone", true, Map.of(), new Format(7, ""), new byte[0])
                        .withTrace(new TraceContext(TRACEPARENT, ""))));
        return new Batch("t", 0, SESSION, 41, 1, 100, true, slices);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatItWrote(Object message) throws Exception {
        assertEquals(message, serializer.fromBinary(serializer.toBinary(message), serializer.manifest(message)));
    }

    @Test
    void readsWhateverACopyAsksForAndAcknowledges() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 5_000; round++) {
            Start.Copy copy = new Start.Copy(place(random), random.nextBoolean(), place(random));
            readsWhatItWrote(new Register("t", number(random), SESSION, random.nextLong(), copy, number(random)));
            readsWhatItWrote(new Ack("t", number(random), SESSION, number(random), number(random), number(random)));
        }
    }

    /** Of any length on the wire, and often the least or the largest that there is. */
    private static long number(Random random) {
        return random.nextInt(8) == 0
                ? Long.MAX_VALUE - random.nextInt(3)
                : random.nextLong() >>> (1 + random.nextInt(63));
    }

    private static @Nullable Position place(Random random) {
        return random.nextBoolean() ? null : new Position(new Epoch(random.nextLong()), number(random));
    }

    @Test
    void readsABatchWithAllThatAFrameMayHave() throws Exception {
        Batch read = (Batch) serializer.fromBinary(serializer.toBinary(batch()), "B");
        assertEquals(41, read.first());
        assertEquals(100, read.head());
        assertEquals(SESSION, read.session());
        assertEquals(2, read.slices().size());
        for (int part = 0; part < 2; part++) {
            Slice expected = batch().slices().get(part);
            Slice slice = read.slices().get(part);
            assertEquals(2, slice.count());
            assertEquals(expected.sizeBytes(), slice.sizeBytes());
            for (int i = 0; i < 2; i++) {
                assertEquals(expected.publishedMs(i), slice.publishedMs(i));
                assertEquals(expected.key(i), slice.key(i));
                assertEquals(expected.isTombstone(i), slice.isTombstone(i));
                assertEquals(expected.headers(i), slice.headers(i));
                assertEquals(expected.id(i), slice.id(i));
                assertEquals(expected.trace(i), slice.trace(i));
                assertEquals(expected.format(i), slice.format(i));
                assertArrayEquals(expected.content(i), slice.content(i));
            }
        }
        assertEquals("alice/ä", read.slices().get(1).id(0));
        assertEquals(1008, read.slices().get(1).publishedMs(1));
    }

    @Test
    void messagesStayInTheArrayOfTheFrameThatTheyCameInIfThatHoldsLittleElse() throws Exception {
        byte[] written = serializer.toBinary(batch());
        byte[] frame = new byte[written.length + 10];
        System.arraycopy(written, 0, frame, 10, written.length);
        Batch read = (Batch) serializer.fromBinary(ByteBuffer.wrap(frame, 10, written.length), "B");
        for (int part = 0; part < 2; part++) {
            Slice slice = read.slices().get(part);
            assertSame(frame, slice.data());
            assertArrayEquals(batch().slices().get(part).content(1), slice.content(1));
            byte[] again = serializer.toBinary(new Batch("t", 0, SESSION, 41, 1, 100, true, read.slices()));
            assertArrayEquals(written, again);
        }
    }

    @Test
    void aMessageIsKnownByTheIndexAndItsNumberThere() throws Exception {
        Batch read = (Batch) serializer.fromBinary(ByteBuffer.wrap(serializer.toBinary(batch())), "B");
        Slice first = read.slices().get(0);
        assertNotSame(first.index(), read.slices().get(1).index());
        Slice part = first.part(1, 1);
        assertSame(first.index(), part.index());
        assertEquals(1, part.first());
        Slice all = slices(5, content(1, null, Map.of(), "one"), content(1, null, Map.of(), "two"))
                .get(0);
        assertSame(all.index(), all.part(1, 1).index());
        assertEquals(1, all.part(1, 1).first());
    }

    @Test
    void messagesAreCopiedOutOfAnArrayThatHoldsOtherThingsOrIsUsedAgain() throws Exception {
        byte[] written = serializer.toBinary(batch());
        ByteBuffer large = ByteBuffer.allocate(2 * written.length).put(written).flip();
        ByteBuffer direct =
                ByteBuffer.allocateDirect(written.length).put(written).flip();
        for (ByteBuffer buffer : List.of(large, direct)) {
            assertCopied((Batch) serializer.fromBinary(buffer, "B"), () -> {
                for (int i = 0; i < written.length; i++) {
                    buffer.put(i, (byte) -1);
                }
            });
        }
        byte[] given = written.clone();
        assertCopied((Batch) serializer.fromBinary(given, "B"), () -> Arrays.fill(given, (byte) -1));
    }

    private static void assertCopied(Batch read, Runnable usedAgain) {
        usedAgain.run();
        assertArrayEquals(
                batch().slices().get(0).content(0), read.slices().get(0).content(0));
    }

    @Test
    void aPartOfASegmentBringsWhatItNeedsAndNoMore() throws Exception {
        Content first = Content.of(1, "x".repeat(1_000), new byte[1]);
        Slice all = slices(5, first, Content.of(2, "two", new byte[] {2}), Content.of(3, "three", new byte[] {3}))
                .get(0);
        byte[] written = serializer.toBinary(new Batch("t", 0, SESSION, 2, 1, 9, true, List.of(all.part(1, 2))));
        assertTrue(written.length < 1_000, "without the manifest of the first: " + written.length);
        Slice read = ((Batch) serializer.fromBinary(written, "B")).slices().get(0);
        assertEquals(new Format(2, "two"), read.format(0));
        assertEquals(new Format(3, "three"), read.format(1));
        assertEquals(7, read.publishedMs(1));
        assertArrayEquals(new byte[] {3}, read.content(1));
    }

    @Test
    void classesOfOneSerializerAndSerializersOfOneManifestStayApartInABatch() throws Exception {
        int[] ids = {33, 33, 33, 7, 33};
        String[] manifests = {"Price", "Trade", "Price", "Trade", "Trade"};
        Content[] contents = new Content[ids.length];
        for (int i = 0; i < ids.length; i++) {
            contents[i] = Content.of(ids[i], manifests[i], new byte[] {(byte) i});
        }
        Batch batch = new Batch("t", 0, SESSION, 1, 1, 5, false, slices(1000, contents));
        Slice read = ((Batch) serializer.fromBinary(serializer.toBinary(batch), "B"))
                .slices()
                .get(0);
        for (int i = 0; i < ids.length; i++) {
            assertEquals(new Format(ids[i], manifests[i]), read.format(i));
            assertArrayEquals(new byte[] {(byte) i}, read.content(i));
        }
    }

    /** Texts of all lengths, with characters of one to four bytes. */
    private static String text(Random random, int most) {
        int length = random.nextInt(4) == 0 ? random.nextInt(most) : random.nextInt(12);
        String all = "aé€\uD83D\uDE00";
        StringBuilder text = new StringBuilder();
        while (text.length() < length - 1) {
            int from = random.nextInt(4);
            text.append(all, from, from == 3 ? 5 : from + 1);
        }
        return text.toString();
    }

    private static Content content(Random random) {
        Map<String, String> headers = new HashMap<>();
        for (int i = random.nextInt(3) == 0 ? random.nextInt(Limits.MAX_HEADERS + 1) : 0; i > 0; i--) {
            headers.put(text(random, 300), text(random, 300));
        }
        String key = random.nextBoolean() ? text(random, Limits.MAX_KEY) : null;
        boolean tombstone = key != null && random.nextInt(8) == 0;
        byte[] bytes = new byte[tombstone ? 0 : random.nextInt(random.nextInt(10) == 0 ? 20_000 : 200)];
        String manifest = tombstone ? "" : text(random, Limits.MAX_MANIFEST);
        Content content = new Content(key, tombstone, headers, new Format(random.nextInt(), manifest), bytes);
        String id = random.nextInt(3) == 0 ? text(random, Limits.MAX_ID) : "";
        Content traced = random.nextInt(3) == 0
                ? content.withTrace(
                        new TraceContext(TRACEPARENT, "s".repeat(random.nextInt(Limits.MAX_TRACESTATE + 1))))
                : content;
        return id.isEmpty() ? traced : traced.withId(id);
    }

    @Tag("seconds")
    @Test
    void batchesThatComeShareTheirFormats() throws Exception {
        Content content = content(1, "k", Map.of(), "x");
        byte[] written = serializer.toBinary(new Batch("t", 0, SESSION, 1, 1, 5, false, slices(1000, content)));
        Slice first = ((Batch) serializer.fromBinary(written, "B")).slices().get(0);
        Slice second = ((Batch) serializer.fromBinary(written, "B")).slices().get(0);
        assertEquals(content.format(), first.format(0));
        assertSame(first.format(0), second.format(0));
    }

    @Test
    void aBatchIsNoLargerThanItsFramesAreChargedFor() {
        Random random = new Random(1);
        String topic = "€".repeat(Limits.MAX_NAME);
        for (int round = 0; round < 5_000; round++) {
            long first =
                    random.nextInt(4) == 0 ? Long.MAX_VALUE - Limits.MAX_BATCH_MESSAGES : 1 + random.nextInt(1_000);
            long timeMs = random.nextInt(1_000);
            Log log = new Log(LogIdentity.fresh(new Epoch(7), 0), LARGE, Gate.opened());
            for (int i = random.nextInt(50) == 0 ? 300 : random.nextInt(8); i >= 0; i--) {
                timeMs += random.nextInt(10) == 0 ? 1L << random.nextInt(58) : random.nextInt(200);
                log.publish(content(random), timeMs, 0, outcome -> {});
            }
            List<Slice> slices = ((Reading.Messages) log.read(1, Limits.MAX_BATCH_MESSAGES, Long.MAX_VALUE)).slices();
            Batch batch = new Batch(
                    topic, Long.MAX_VALUE, new Session(-1, Long.MAX_VALUE), first, 1, Long.MAX_VALUE, true, slices);
            long charged = Batch.sizeBytes(batch.slices());
            int written = serializer.toBinary(batch).length;
            assertTrue(written <= charged + Batch.OVERHEAD_BYTES, () -> written + " bytes, charged for " + charged);
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void skipsWhatLaterReleasesAddToAMessage(Object message) throws Exception {
        byte[] bytes = serializer.toBinary(message);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 3);
        longer[bytes.length] = -1;
        assertEquals(message, serializer.fromBinary(longer, serializer.manifest(message)));
    }

    @Test
    void skipsWhatLaterReleasesAddToABatchAndToAFrame() throws Exception {
        byte[] bytes = serializer.toBinary(new Batch(
                "t",
                0,
                SESSION,
                7,
                1,
                7,
                true,
                slices(1000, Content.of(1, "", "one".getBytes(StandardCharsets.UTF_8)))));
        int frame = bytes.length - 12 - 3;
        ByteBuffer later = ByteBuffer.allocate(100)
                .put(bytes, 0, frame - 1)
                .put((byte) (12 + 12 + 3)) // bytes of the slice
                .putInt(12 + 12 + 3) // of the frame
                .put(bytes, frame + 4, 4)
                .put((byte) 8) // it has an extension
                .put(bytes, frame + 9, 3)
                .putInt(8)
                .putShort((short) 0) // no id
                .putInt(0) // no trace
                .put(new byte[] {-1, -1})
                .put(bytes, frame + 12, 3)
                .put(new byte[] {-1, -1})
                .flip();
        Batch read = (Batch) serializer.fromBinary(later, "B");
        assertEquals("one", new String(read.slices().get(0).content(0), StandardCharsets.UTF_8));
    }

    @Test
    void ofAnotherVersionItReadsTheVersionAlone() throws Exception {
        byte[] bytes = serializer.toBinary(new Deregister("t", 0, SESSION));
        bytes[0] = WireSerializer.VERSION + 1;
        assertEquals(new OtherVersion(WireSerializer.VERSION + 1), serializer.fromBinary(bytes, "D"));
        assertEquals(new OtherVersion(255), serializer.fromBinary(new byte[] {-1}, "a manifest of later"));
    }

    @Test
    void whateverArrivesIsReadOrRefusedAndNothingIsAllocatedForWhatIsNotThere() {
        Random random = new Random(1);
        List<Object> all = new ArrayList<>(messages().toList());
        all.add(batch());
        for (int round = 0; round < 20_000; round++) {
            Object message = all.get(random.nextInt(all.size()));
            byte[] bytes = serializer.toBinary(message);
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt(256);
            }
            byte[] cut = random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
            try {
                if (serializer.fromBinary(cut, serializer.manifest(message)) instanceof Batch batch) {
                    batch.slices().forEach(WireSerializerTest::readAllOf);
                }
            } catch (NotSerializableException refused) {
                assertEquals(true, refused.getMessage().length() > 10);
            }
        }
    }

    /** What was taken can be read, whatever it says. */
    private static void readAllOf(Slice slice) {
        for (int i = 0; i < slice.count(); i++) {
            assertEquals(slice.contentLength(i), slice.content(i).length);
            assertTrue(slice.headers(i).size() <= Limits.MAX_HEADERS);
            String key = slice.key(i);
            assertTrue(key == null || key.length() <= 3 * Limits.MAX_KEY);
            TraceContext trace = slice.trace(i);
            assertTrue(trace == null || trace.tracestate().length() <= Limits.MAX_TRACESTATE);
            assertTrue(slice.format(i).manifest().length() <= Limits.MAX_MANIFEST);
            assertTrue(slice.publishedMs(i) >= slice.baseMs());
        }
    }
}
