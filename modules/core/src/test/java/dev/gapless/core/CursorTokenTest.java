package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CursorTokenTest {
    private static final String QUOTES = "quotes";
    private static final long TAKEN_MS = 1_700_000_000_123L;
    private static final Entry AT = entry("n1", -5, 1L << 40, false);
    private static final Entry AT_THE_START = entry("knoten-ä", 7, 0, false);
    private static final Entry NOT_ANSWERED = entry("n3", 8, Entry.UNKNOWN, false);
    private static final Entry OVER = entry("n4", 9, 40, true);
    private static final Entry OVER_UNHEARD = entry("n5", 10, Entry.UNKNOWN, true);

    private static final Entry TOLD = new Entry("n6", 0, new Epoch(-77), 3, false, true, false, 12);
    private static final Entry TOLD_UNSEEN = new Entry("n7", 0, Entry.NO_STREAM, Entry.UNKNOWN, false, true, false, 0);
    private static final Entry HOST = new Entry("n8", 13, Epoch.of(13, QUOTES), 4, false, false, false, 13);
    private static final Entry NAMELESS =
            new Entry("127.0.0.1:1", 14, Epoch.of(14, QUOTES), Entry.UNKNOWN, false, false, true, 0);

    private static Entry entry(String node, long uid, long sequence, boolean over) {
        return new Entry(node, uid, Epoch.of(uid, QUOTES), sequence, over);
    }

    private static CursorToken token(Entry... entries) {
        return new CursorToken(QUOTES, "cluster", TAKEN_MS, Given.HISTORY, List.of(entries), 0);
    }

    private static CursorToken token() {
        return token(AT, AT_THE_START, NOT_ANSWERED, OVER, OVER_UNHEARD, TOLD, TOLD_UNSEEN, HOST, NAMELESS)
                .takenBy(-3);
    }

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    /** What these bytes print as, with a checksum that is right. */
    private static String printed(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        ByteBuffer all = ByteBuffer.allocate(bytes.length + Integer.BYTES);
        all.put(bytes).putInt((int) crc.getValue());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all.array());
    }

    private static byte[] withoutChecksum(CursorToken token) {
        byte[] bytes = decoded(token.toString());
        return Arrays.copyOf(bytes, bytes.length - Integer.BYTES);
    }

    @Test
    @DisplayName("ruleT1: a token is printable, and says after printing what it said before")
    void survivesPrinting() {
        CursorToken read = CursorToken.parse(token().toString());
        assertEquals(token(), read);
        assertEquals(token().hashCode(), read.hashCode());
        assertEquals(
                List.of(AT, AT_THE_START, NOT_ANSWERED, OVER, OVER_UNHEARD, TOLD, TOLD_UNSEEN, HOST, NAMELESS),
                read.entries(),
                "in their order");
        assertEquals(-3, read.home());
        assertEquals(QUOTES, read.topic());
        assertEquals("cluster", read.cluster());
        assertEquals(TAKEN_MS, read.timeMs());
        assertEquals(Given.HISTORY, read.historyId());
        assertFalse(read.isMadeByHand());
        assertEquals(0, token(AT).home());
        assertTrue(token().toString().matches("[A-Za-z0-9_-]+"), "URL-safe");
    }

    @Test
    @DisplayName("ruleT1: whatever an entry says, and whoever took it, survives printing")
    void anyEntrySurvivesPrinting() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            List<Entry> entries = new ArrayList<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                entries.add(anyEntry(random));
            }
            CursorToken token = token(entries.toArray(new Entry[0])).takenBy(any(random));
            assertEquals(token, CursorToken.parse(token.toString()));
        }
    }

    private static long any(Random random) {
        return random.nextBoolean() ? random.nextLong() : random.nextInt(3);
    }

    private static Entry anyEntry(Random random) {
        long uid = any(random);
        return new Entry(
                "n" + random.nextInt(),
                uid,
                uid == 0 ? new Epoch(random.nextLong()) : Epoch.of(uid, QUOTES),
                random.nextInt(3) - 1,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean() ? uid : any(random));
    }

    @Test
    @DisplayName("ruleT1: the member that has a producer's name takes no room if it is the entry's own incarnation")
    void compact() {
        int alone = decoded(token(entry("n8", 13, 4, false)).toString()).length;
        assertEquals(alone, decoded(token(HOST).toString()).length);
        Entry other = new Entry("n8", 13, HOST.epoch(), 4, false, false, false, 15);
        assertEquals(alone + Long.BYTES, decoded(token(other).toString()).length);
    }

    @Test
    @DisplayName("ruleT1: an entry elsewhere in its stream names the same incarnations, and was not told")
    void elsewhere() {
        assertEquals(new Entry("n6", 0, TOLD.epoch(), 9, true, false, false, 12), TOLD.at(9, true));
        assertEquals(new Entry("n8", 13, HOST.epoch(), 2, false, false, false, 13), HOST.at(2, false));
    }

    @Test
    @DisplayName("ruleT1: its positions are those of streams that go on, null for a producer that had not answered")
    void positions() {
        Map<String, Position> positions = new HashMap<>();
        positions.put("n1", AT.position());
        positions.put("knoten-ä", AT_THE_START.position());
        positions.put("n3", null);
        positions.put("n6", TOLD.position());
        positions.put("n7", null);
        positions.put("n8", HOST.position());
        positions.put("127.0.0.1:1", null);
        assertEquals(positions, token().positions());
        assertEquals(new Position(AT.epoch(), 1L << 40), AT.position());
        assertNull(OVER_UNHEARD.position());
    }

    @Test
    @DisplayName("ruleT1: two are equal if they say the same of the same streams, in the same order")
    void differ() {
        assertEquals(token(AT, OVER), token(AT, OVER));
        assertNotEquals(token(AT, OVER), token(OVER, AT));
        CursorToken token = token(AT);
        for (CursorToken other : List.of(
                token(),
                token(entry("n1", -5, 1L << 41, false)),
                token(entry("n1", -5, 1L << 40, true)),
                token(entry("n1", -6, 1L << 40, false)),
                token(entry("n2", -5, 1L << 40, false)),
                token(new Entry("n1", -5, AT.epoch(), 1L << 40, false, true, false, 0)),
                token(new Entry("n1", -5, AT.epoch(), 1L << 40, false, false, true, 0)),
                token(new Entry("n1", -5, AT.epoch(), 1L << 40, false, false, false, -5)),
                token(AT).takenBy(5),
                new CursorToken("other", "cluster", TAKEN_MS, Given.HISTORY, List.of(AT), 0),
                new CursorToken(QUOTES, "other", TAKEN_MS, Given.HISTORY, List.of(AT), 0),
                new CursorToken(QUOTES, "cluster", TAKEN_MS, 0, List.of(AT), 0),
                new CursorToken(QUOTES, "cluster", TAKEN_MS, Given.HISTORY, List.of(AT), 3))) {
            assertNotEquals(token, other);
            assertNotEquals(token.placeHash(), other.placeHash());
        }
        CursorToken later = new CursorToken(QUOTES, "cluster", TAKEN_MS + 1, Given.HISTORY, List.of(AT), 0);
        assertNotEquals(token, later);
        assertEquals(token.placeHash(), later.placeHash(), "it resumes alike");
    }

    @Test
    @DisplayName("ruleT1: by which filter its subscription left out messages survives printing")
    void survivesPrintingWithItsFilter() {
        CursorToken filtered = new CursorToken(QUOTES, "cluster", 5, Given.HISTORY, List.of(AT), -7);
        assertEquals(-7, CursorToken.parse(filtered.toString()).filter());
        assertEquals(filtered, CursorToken.parse(filtered.toString()));
        assertEquals(-7, filtered.without("n1").filter());
        CursorToken taken = filtered.takenBy(5);
        assertEquals(5, taken.without("n1").home());
        assertEquals(taken, taken.filteredBy(3).filteredBy(taken.filter()));
        assertEquals(3, taken.filteredBy(3).filter());
        assertEquals(5, taken.filteredBy(3).home());
        assertEquals(5, taken.with(List.of()).home());
    }

    @Test
    @DisplayName("a node resumes a token without what it says of the node itself")
    void withoutANode() {
        Entry earlier = entry("n1", 11, 4, true);
        assertEquals(token(OVER), token(AT, OVER, earlier).without("n1"));
        assertEquals(token(OVER), token(OVER).without("n1"));
    }

    // ------------------------------------------------------------------ and what came since

    private static Entry kept(String node, Epoch epoch, long sequence, boolean over) {
        return new Entry(node, 0, epoch, sequence, over);
    }

    @Test
    @DisplayName(
            "ruleT1: what came since takes the place of what the token says of the same stream; the rest of it stays")
    void thenReplaces() {
        CursorToken token = new CursorToken(QUOTES, "cluster", TAKEN_MS, Given.HISTORY, List.of(AT, AT_THE_START), 3);
        Epoch later = Epoch.of(-6, QUOTES);
        CursorToken behind =
                token.then(List.of(kept("n1", AT.epoch(), (1L << 40) + 5, true), kept("n1", later, 2, false)));
        assertEquals(
                Set.of(entry("n1", -5, (1L << 40) + 5, true), kept("n1", later, 2, false), AT_THE_START),
                Set.copyOf(behind.entries()));
        assertEquals(TAKEN_MS, behind.timeMs());
        assertEquals(Given.HISTORY, behind.historyId());
        assertEquals(3, behind.filter());
        assertEquals(behind, CursorToken.parse(behind.toString()));
    }

    @Test
    @DisplayName(
            "ruleT1: entries without a stream stay, each under its name, and a stream keeps what is known of its members")
    void thenKeeps() {
        Entry other = new Entry("n9", 0, Entry.NO_STREAM, Entry.UNKNOWN, false, true, false, 0);
        CursorToken behind = token(TOLD_UNSEEN, other, HOST).then(List.of(kept("n8", HOST.epoch(), 9, false)));
        assertEquals(
                Set.of(TOLD_UNSEEN, other, new Entry("n8", 13, HOST.epoch(), 9, false, false, false, 13)),
                Set.copyOf(behind.entries()));
    }

    @Test
    @DisplayName("ruleT1: it is not the higher place that counts: a store that was put back goes on further back")
    void thenGoesBack() {
        assertEquals(
                List.of(entry("n1", -5, 7, false)),
                token(AT).then(List.of(kept("n1", AT.epoch(), 7, false))).entries());
    }

    @Test
    @DisplayName("ruleT1: a stream that the token has as over, or without a sequence, goes on where it came since")
    void thenGoesOn() {
        CursorToken behind = token(NOT_ANSWERED, OVER)
                .then(List.of(kept("n3", NOT_ANSWERED.epoch(), 1, false), kept("n4", OVER.epoch(), 41, false)));
        assertEquals(List.of(entry("n3", 8, 1, false), entry("n4", 9, 41, false)), behind.entries());
    }

    @Test
    @DisplayName("ruleT1: a stream that the token calls by its address has the name under which it came since")
    void thenNames() {
        Entry unnamed = entry("127.0.0.1:2551", 12, 0, false);
        assertEquals(
                List.of(entry("n6", 12, 3, false)),
                token(unnamed)
                        .then(List.of(kept("n6", unnamed.epoch(), 3, false)))
                        .entries());
    }

    @Test
    @DisplayName("ruleT1: no stream comes twice behind a token, and no more than a token may list")
    void refusesThen() {
        Entry one = kept("n1", new Epoch(3), 1, false);
        Entry other = kept("n2", new Epoch(3), 2, false);
        IllegalArgumentException twice =
                assertThrows(IllegalArgumentException.class, () -> token().then(List.of(one, other)));
        assertEquals("The stream 0000000000000003 of n2 follows the token twice", twice.getMessage());
        List<Entry> most = new ArrayList<>();
        for (int i = 1; i <= Limits.MAX_TOKEN_POSITIONS; i++) {
            most.add(kept("n1", new Epoch(i), 1, false));
        }
        assertEquals(
                most.size(),
                token().then(most).entries().size() - token().entries().size());
        most.add(kept("n1", new Epoch(-1), 1, false));
        IllegalArgumentException many = assertThrows(IllegalArgumentException.class, () -> token().then(most));
        assertEquals(
                "At most 1000 streams follow a token, these are 1001. The next token has them all", many.getMessage());
    }

    // ------------------------------------------------------------------ made by hand

    @Test
    @DisplayName("ruleT1: a token that is made by hand names epochs, whose incarnations nobody told it, and says so")
    void madeByHand() {
        CursorToken token = new CursorToken(QUOTES, "cluster", 5, Map.of("n1", new Position(new Epoch(-3), 7)));
        assertTrue(token.isMadeByHand());
        assertEquals(List.of(new Entry("n1", 0, new Epoch(-3), 7, false)), token.entries());
        CursorToken read = CursorToken.parse(token.toString());
        assertEquals(token, read);
        assertTrue(read.isMadeByHand());
        assertFalse(new CursorToken(QUOTES, "cluster", 5, HistoryId.UNKNOWN, token.entries(), 0).isMadeByHand());
    }

    @Test
    @DisplayName("ruleT1: it may name a node twice, with two epochs, and say of one that it is over")
    void madeByHandWithTwoStreamsOfANode() {
        Entry before = new Entry("n1", 0, new Epoch(3), 480, true);
        Entry now = new Entry("n1", 0, new Epoch(4), 2, false);
        CursorToken token = CursorToken.ofHand(QUOTES, "cluster", 5, List.of(before, now));
        assertTrue(token.isMadeByHand());
        assertEquals(List.of(before, now), CursorToken.parse(token.toString()).entries());
        assertEquals(Map.of("n1", new Position(new Epoch(4), 2)), token.positions());
    }

    // ------------------------------------------------------------------ what is refused, or read as less

    @Test
    @DisplayName("ruleT1: a token of a version before is bound to its topic and cluster, and of no further use")
    void readsAVersionBeforeAsNotCovered() {
        for (byte version = 1; version <= 2; version++) {
            readsAsNotCovered(version);
        }
    }

    private static void readsAsNotCovered(byte version) {
        ByteBuffer before = ByteBuffer.allocate(64);
        before.put(version);
        for (String text : List.of(QUOTES, "cluster")) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            before.putShort((short) bytes.length).put(bytes);
        }
        before.putLong(TAKEN_MS).putInt(1).putShort((short) 1).put((byte) 'n').put(new byte[16]);
        CursorToken read = CursorToken.parse(printed(Arrays.copyOf(before.array(), before.position())));
        assertEquals(new CursorToken(QUOTES, "cluster", TAKEN_MS, HistoryId.UNKNOWN, List.of(), 0), read);
        assertFalse(read.isMadeByHand(), "whoever resumes it is told that something may be missing");
    }

    @Test
    @DisplayName("ruleT1: a token with any character changed or missing is refused")
    void refusesDamagedTokens() {
        String text = token().toString();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'A' ? 'E' : 'A';
            String changed = text.substring(0, i) + other + text.substring(i + 1);
            if (!Arrays.equals(decoded(changed), decoded(text))) {
                assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(changed), changed);
            }
            String shorter = text.substring(0, i);
            assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(shorter), shorter);
        }
    }

    @Test
    @DisplayName("ruleT1: a token that is cut short is refused, whatever its checksum says")
    void refusesACutToken() {
        byte[] bytes = withoutChecksum(token());
        for (int length = 1; length < bytes.length; length++) {
            String cut = printed(Arrays.copyOf(bytes, length));
            assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(cut), length + " bytes");
        }
    }

    @Test
    @DisplayName("ruleT1: a token with a sequence that cannot be is refused, whatever its checksum says")
    void refusesASequenceThatCannotBe() {
        byte[] bytes = withoutChecksum(token(AT));
        ByteBuffer.wrap(bytes).putLong(bytes.length - Long.BYTES, -9);
        assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(printed(bytes)));
    }

    @Test
    void refusesWhatIsNoToken() {
        for (String text : new String[] {"", "latest", "no token!", "AAAA", "2026-01-31T12:00:00Z"}) {
            assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(text), text);
        }
    }

    @Test
    void refusesALaterVersion() {
        byte[] bytes = withoutChecksum(token());
        bytes[0] = 9;
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(printed(bytes)));
        assertTrue(refusal.getMessage().contains("version 9"), refusal.getMessage());
    }

    @Test
    @DisplayName(
            "A token that names more than a thousand producers is taken and printed, and refused where it comes in")
    void refusesATokenThatNamesTooMany() {
        List<Entry> most = new ArrayList<>();
        for (int i = 1; i <= Limits.MAX_TOKEN_POSITIONS; i++) {
            most.add(entry("pod-" + i, i, i, false));
        }
        CursorToken whole = token(most.toArray(new Entry[0]));
        whole.checkResumable();
        assertEquals(whole, CursorToken.parse(whole.toString()));
        most.add(NOT_ANSWERED);
        CursorToken taken = token(most.toArray(new Entry[0]));
        refusesForItsCount(taken::checkResumable, 1_001);
        refusesForItsCount(() -> CursorToken.parse(taken.toString()), 1_001);
        byte[] negative = withoutChecksum(whole);
        int count = 1 + 2 + QUOTES.length() + 2 + "cluster".length() + 4 * Long.BYTES;
        ByteBuffer.wrap(negative).putInt(count, -1);
        refusesForItsCount(() -> CursorToken.parse(printed(negative)), -1);
    }

    private static void refusesForItsCount(Executable made, int count) {
        String why = assertThrows(IllegalArgumentException.class, made).getMessage();
        assertTrue(why.contains("at most 1000") && why.contains("'quotes'") && why.contains("names " + count), why);
    }

    @Test
    @DisplayName("rowT1: of 200 members and three that ended, with names of 20 characters, a token fits an SSE id")
    void sizeOfALargeToken() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 203; i++) {
            entries.add(entry("producer-number-" + (1_000 + i), i + 1, 1L << 40, i >= 200));
        }
        int length = token(entries.toArray(new Entry[0])).toString().length();
        assertTrue(length < 11 * 1024, length + " characters");
    }
}
