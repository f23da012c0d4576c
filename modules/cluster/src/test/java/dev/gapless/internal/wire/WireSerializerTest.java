package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.Lineage;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Frame;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.HandedOver;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Ping;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.Who;
import dev.gapless.core.wire.Withdrawal;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireSerializerTest {
    private static final Session SESSION = new Session(-5, 300);
    private static final LogIdentity LOG = LogIdentity.fresh(new Epoch(-77), 1_700_000_000_000L);
    private static final LogIdentity CONTINUED =
            new LogIdentity(new Epoch(1), 1_700_000_000_000L, 12, new Lineage(new Epoch(2), 11));

    private final WireSerializer serializer = new WireSerializer((ExtendedActorSystem) null);

    static Stream<Object> messages() {
        return Stream.of(
                new Register("t", 0, SESSION, 9, Start.LATEST, 1),
                new Register("t", 7, SESSION, 9, Start.EARLIEST, 1),
                new Register("t", 7, SESSION, 9, Start.BEGINNING, 1),
                new Register("t", 7, SESSION, 9, new Start.Since(-3), 1),
                new Register("täg", 7, SESSION, -9, new Start.After(new Position(new Epoch(-1), 1L << 40)), 0),
                new Registered("t", 0, SESSION, LOG, 5, 3, 1000),
                new Registered("t", 0, SESSION, CONTINUED, 5, 3, 1000),
                new CursorExpired("t", 0, SESSION, Reason.POSITION_UNKNOWN, CONTINUED, 5, 9, true),
                new CursorExpired("t", 0, SESSION, Reason.OVERRUN, LOG, 5, 9, false),
                new Heartbeat("t", 0, SESSION, -4, 5, 6),
                new Ack("t", 3, SESSION, 5, 524_288),
                new Gone("t", 0, SESSION, 5),
                new GoneAck("t", 0, SESSION, 5),
                new Deregister("t", 0, SESSION),
                new Hello(-1, 2, "n1", -7, true, 1L << 40, -8, false),
                new Withdrawal(-1, 2),
                new Ping(-1, 2, 3, 4, 5, 6, -7),
                new Farewell(-1, 2, Map.of("t", new LogEnd(CONTINUED, 19), "u", new LogEnd(LOG, 3))),
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
                                new Departure(7, "n2", 8, Map.of("t", new LogEnd(CONTINUED, 19))),
                                new Departure(-9, "n3", 8, Map.of("t", new LogEnd(LOG, 3)), true),
                                Departure.ofAnotherCluster(10, 11)),
                        Map.of(1L, Long.MIN_VALUE),
                        Set.of(1L, -2L)),
                new Who(-1, 2, 3, true, "c", "n1", "host:1", -4, "host:2", 1L << 40, Set.of(-1L, -4L), Set.of(5L)),
                new Who(-1, Who.WHOEVER, 3, false, "c", "n1", "host:1", -1, "host:1", -5, Set.of(), Set.of()),
                new GiveWay(-1, 2, "host:1", 1L << 40, Set.of(-1L, 3L), Set.of(2L)),
                new HandedOver(-1, 2, 3),
                new StatusMessage.Request(1, -2, 3),
                new StatusMessage.Reply(1, -2, "{\"a\":\"ü\"}"));
    }

    private static Frame frame(long sequence, long timeMs, String key, Map<String, String> headers, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Frame(
                sequence,
                timeMs,
                new Content(key, false, headers, (int) sequence % 3 - 1, "m" + sequence % 2, bytes, 0, bytes.length));
    }

    private static Batch batch() {
        List<Frame> frames = new ArrayList<>();
        frames.add(frame(41, 1000, null, Map.of(), "one"));
        frames.add(frame(42, 1000, "clé", Map.of(), ""));
        frames.add(frame(43, 1007, null, Map.of("a", "1", "b", "2"), "three"));
        frames.add(new Frame(44, 1008, new Content("gone", true, Map.of(), 7, "", new byte[9], 4, 0)));
        return new Batch("t", 0, SESSION, 41, 100, frames);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatItWrote(Object message) throws Exception {
        assertEquals(message, serializer.fromBinary(serializer.toBinary(message), serializer.manifest(message)));
    }

    @Test
    void readsABatchWithAllThatAFrameMayHave() throws Exception {
        Batch read = (Batch) serializer.fromBinary(serializer.toBinary(batch()), "B");
        assertEquals(41, read.first());
        assertEquals(100, read.head());
        assertEquals(SESSION, read.session());
        for (int i = 0; i < 4; i++) {
            Frame expected = batch().frames().get(i);
            Frame frame = read.frames().get(i);
            assertEquals(expected.sequence(), frame.sequence());
            assertEquals(expected.publishedMs(), frame.publishedMs());
            assertEquals(expected.content().key(), frame.content().key());
            assertEquals(expected.content().tombstone(), frame.content().tombstone());
            assertEquals(expected.content().headers(), frame.content().headers());
            assertEquals(expected.content().serializerId(), frame.content().serializerId());
            assertEquals(expected.content().manifest(), frame.content().manifest());
            assertArrayEquals(Codec.bytesOf(expected.content()), Codec.bytesOf(frame.content()));
        }
    }

    @Test
    void classesOfOneSerializerAndSerializersOfOneManifestStayApartInABatch() throws Exception {
        List<Frame> frames = new ArrayList<>();
        int[] ids = {33, 33, 33, 7, 33};
        String[] manifests = {"Price", "Trade", "Price", "Trade", "Trade"};
        for (int i = 0; i < ids.length; i++) {
            frames.add(new Frame(1 + i, 1000, Content.of(ids[i], manifests[i], new byte[] {(byte) i})));
        }
        Batch read = (Batch) serializer.fromBinary(serializer.toBinary(new Batch("t", 0, SESSION, 1, 5, frames)), "B");
        for (int i = 0; i < ids.length; i++) {
            Content content = read.frames().get(i).content();
            assertEquals(ids[i], content.serializerId());
            assertEquals(manifests[i], content.manifest());
            assertArrayEquals(new byte[] {(byte) i}, Codec.bytesOf(content));
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
        return new Content(key, tombstone, headers, random.nextInt(), manifest, bytes, 0, bytes.length);
    }

    @Tag("seconds")
    @Test
    void aBatchIsNoLargerThanItsFramesAreChargedFor() {
        Random random = new Random(1);
        String topic = "€".repeat(Limits.MAX_NAME);
        for (int round = 0; round < 5_000; round++) {
            long first =
                    random.nextInt(4) == 0 ? Long.MAX_VALUE - Limits.MAX_BATCH_MESSAGES : 1 + random.nextInt(1_000);
            long timeMs = random.nextInt(1_000);
            List<Frame> frames = new ArrayList<>();
            for (int i = random.nextInt(50) == 0 ? 300 : random.nextInt(8); i >= 0; i--) {
                timeMs += random.nextInt(10) == 0 ? 1L << random.nextInt(58) : random.nextInt(200);
                frames.add(new Frame(first + frames.size(), timeMs, content(random)));
            }
            Batch batch =
                    new Batch(topic, Long.MAX_VALUE, new Session(-1, Long.MAX_VALUE), first, Long.MAX_VALUE, frames);
            long charged = frames.stream().mapToLong(Frame::sizeBytes).sum();
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
        byte[] bytes =
                serializer.toBinary(new Batch("t", 0, SESSION, 7, 7, List.of(frame(7, 1000, null, Map.of(), "one"))));
        int contents = bytes.length - 3 - 1; // their length, and they
        int lengthOfFrame = contents - 1;
        int flags = lengthOfFrame - 4; // the index of the format, and two bytes of time, between
        ByteBuffer later = ByteBuffer.allocate(100)
                .put(bytes, 0, flags)
                .put((byte) 8)
                .put(bytes, flags + 1, lengthOfFrame - flags - 1)
                .put(new byte[] {2, -1, -1})
                .put(bytes, lengthOfFrame, bytes.length - lengthOfFrame)
                .put(new byte[] {-1, -1})
                .flip();
        Batch read = (Batch) serializer.fromBinary(later, "B");
        assertEquals("one", new String(Codec.bytesOf(read.frames().get(0).content()), StandardCharsets.UTF_8));
    }

    @Test
    void refusesAnotherVersionAndSaysSo() {
        byte[] bytes = serializer.toBinary(new Deregister("t", 0, SESSION));
        bytes[0] = 2;
        NotSerializableException refused =
                assertThrows(NotSerializableException.class, () -> serializer.fromBinary(bytes, "D"));
        assertEquals(true, refused.getMessage().contains("version 2"));
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
                serializer.fromBinary(cut, serializer.manifest(message));
            } catch (NotSerializableException refused) {
                assertEquals(true, refused.getMessage().length() > 10);
            }
        }
    }
}
