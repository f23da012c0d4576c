package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CursorTokenTest {
    private static CursorToken token() {
        Map<String, Position> positions = new HashMap<>();
        positions.put("n1", new Position(new Epoch(-5), 1L << 40));
        positions.put("knoten-ä", new Position(new Epoch(7), 0));
        positions.put("n3", null);
        return new CursorToken("quotes", "cluster", 1_700_000_000_123L, positions);
    }

    @Test
    @DisplayName("ruleT1: a token is printable, and says after printing what it said before")
    void survivesPrinting() {
        CursorToken read = CursorToken.parse(token().toString());
        assertEquals(token(), read);
        assertEquals(token().hashCode(), read.hashCode());
        assertEquals(token().positions(), read.positions());
        assertEquals("quotes", read.topic());
        assertEquals("cluster", read.cluster());
        assertEquals(1_700_000_000_123L, read.timeMs());
        assertTrue(token().toString().matches("[A-Za-z0-9_-]+"), "URL-safe");
    }

    private static CursorToken withSeen(CursorToken.Seen seen) {
        return new CursorToken("quotes", "cluster", 5, token().positions(), seen);
    }

    @Test
    @DisplayName("ruleT2: what a token says of incarnations that ended survives printing, and it differs by that")
    void survivesPrintingWithWhatItHasSeen() {
        CursorToken.Seen seen = new CursorToken.Seen(-9, Map.of("n1", -1L, "knoten-ä", 1L << 60), Set.of(3L, -4L, 5L));
        CursorToken token = withSeen(seen);
        CursorToken read = CursorToken.parse(token.toString());
        assertEquals(seen, read.seen());
        assertEquals(token, read);
        assertEquals(5, read.timeMs());
        assertEquals(token().positions(), read.positions());
        assertEquals(
                CursorToken.Seen.NOTHING,
                CursorToken.parse(withSeen(CursorToken.Seen.NOTHING).toString()).seen());
        assertNotEquals(token, withSeen(CursorToken.Seen.NOTHING));
        assertEquals(seen, token.withPositions(Map.of()).seen());
    }

    @Test
    @DisplayName(
            "ruleT2: a token without that, made by hand or by an earlier release, is read as one that says nothing of others")
    void readsTokensWithoutIt() {
        assertNull(CursorToken.parse(token().toString()).seen());
        assertNotEquals(
                token(),
                new CursorToken(
                        "quotes", "cluster", 1_700_000_000_123L, token().positions(), CursorToken.Seen.NOTHING));
    }

    @Test
    @DisplayName(
            "ruleT1: by which filter its subscription left out messages survives printing, and is part of its place")
    void survivesPrintingWithItsFilter() {
        CursorToken token = withSeen(CursorToken.Seen.NOTHING);
        CursorToken filtered = token.withFilter(-7);
        assertEquals(0, token.filter());
        assertEquals(-7, CursorToken.parse(filtered.toString()).filter());
        assertEquals(filtered, CursorToken.parse(filtered.toString()));
        assertNotEquals(token, filtered);
        assertNotEquals(token.placeHash(), filtered.placeHash());
        CursorToken withLost = withSeen(CursorToken.Seen.NOTHING.withLost(List.of(lost(1))));
        CursorToken read = CursorToken.parse(withLost.withFilter(9).toString());
        assertEquals(9, read.filter());
        assertEquals(withLost.lost(), read.lost());
        assertEquals(9, read.withPositions(Map.of()).filter());
        assertEquals(0, token().withFilter(9).filter(), "one that was made by hand says nothing of a filter");
    }

    private static CursorToken.Lost lost(int number) {
        return new CursorToken.Lost("lost-" + number, number, new Position(new Epoch(-number), 1L << 40));
    }

    @Test
    @DisplayName("ruleT2: who was told as lost survives printing; an earlier release reads the same token without that")
    void survivesPrintingWithWhoWasToldAsLost() {
        CursorToken.Seen seen = new CursorToken.Seen(-9, Map.of("n1", -1L), Set.of(3L));
        CursorToken without = withSeen(seen);
        CursorToken token = withSeen(seen.withLost(List.of(lost(2), lost(1))));
        assertEquals(token, CursorToken.parse(token.toString()));
        assertEquals(
                List.of(lost(2), lost(1)),
                CursorToken.parse(token.toString()).seen().lost());
        assertNotEquals(without, token);
        assertEquals(List.of(), CursorToken.parse(without.toString()).seen().lost());
        byte[] earlier = decoded(without.toString());
        byte[] begin = Arrays.copyOf(decoded(token.toString()), earlier.length - Integer.BYTES);
        assertArrayEquals(Arrays.copyOf(earlier, begin.length), begin, "an earlier release stops there");
    }

    @Test
    @DisplayName("ruleT2: of very many that were told as lost the newest are read")
    void readsTheNewestThatWereToldAsLost() {
        List<CursorToken.Lost> many = new ArrayList<>();
        for (int i = 0; i < 2 * Limits.MAX_TOKEN_LOST; i++) {
            many.add(lost(i));
        }
        CursorToken token = withSeen(CursorToken.Seen.NOTHING.withLost(many));
        assertEquals(
                many.subList(0, Limits.MAX_TOKEN_LOST),
                CursorToken.parse(token.toString()).seen().lost());
    }

    @Test
    @DisplayName("ruleT2: a token whose list of incarnations is cut short is refused, whatever its checksum says")
    void refusesACutList() {
        CursorToken.Seen seen = new CursorToken.Seen(1, Map.of(), Set.of(3L, 4L));
        isRefusedWithout(3 * Long.BYTES, withSeen(seen));
        isRefusedWithout(3 * Long.BYTES, withSeen(seen.withLost(List.of(lost(1)))));
    }

    private static void isRefusedWithout(int mostBytes, CursorToken token) {
        byte[] bytes = decoded(token.toString());
        for (int cut = 1; cut <= mostBytes; cut++) {
            ByteBuffer shorter = ByteBuffer.allocate(bytes.length - cut);
            shorter.put(bytes, 0, shorter.capacity() - Integer.BYTES);
            CRC32C crc = new CRC32C();
            crc.update(shorter.array(), 0, shorter.position());
            shorter.putInt((int) crc.getValue());
            String made = Base64.getUrlEncoder().withoutPadding().encodeToString(shorter.array());
            assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(made), "without " + cut + " bytes");
        }
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

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    @Test
    void refusesWhatIsNoToken() {
        for (String text : new String[] {"", "latest", "no token!", "AAAA", "2026-01-31T12:00:00Z"}) {
            assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(text), text);
        }
    }

    @Test
    void refusesAnotherVersion() {
        byte[] bytes = decoded(token().toString());
        bytes[0] = 9;
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> CursorToken.parse(text));
        assertTrue(refusal.getMessage().contains("version 9"), refusal.getMessage());
    }

    @Test
    @DisplayName(
            "A token that names more than a thousand producers is taken and printed, and refused where it comes in")
    void refusesATokenThatNamesTooMany() {
        Map<String, Position> most = new HashMap<>();
        for (int i = 0; i < Limits.MAX_TOKEN_POSITIONS; i++) {
            most.put("pod-" + i, new Position(new Epoch(i), i));
        }
        String text = new CursorToken("quotes", "cluster", 0, most).toString();
        assertEquals(most, CursorToken.parse(text).positions());
        most.put("one too many", null);
        CursorToken taken = new CursorToken("quotes", "cluster", 0, most);
        refusesForItsCount(taken::checkResumable, 1_001);
        refusesForItsCount(() -> CursorToken.parse(taken.toString()), 1_001);
        refusesForItsCount(() -> CursorToken.parse(saysThatItNames(text, -1)), -1);
    }

    private static void refusesForItsCount(Executable made, int count) {
        String why = assertThrows(IllegalArgumentException.class, made).getMessage();
        assertTrue(why.contains("at most 1000") && why.contains("'quotes'") && why.contains("names " + count), why);
    }

    private static String saysThatItNames(String token, int count) {
        byte[] bytes = decoded(token);
        int end = bytes.length - Integer.BYTES;
        ByteBuffer.wrap(bytes).putInt(1 + 2 + "quotes".length() + 2 + "cluster".length() + Long.BYTES, count);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        ByteBuffer.wrap(bytes).putInt(end, (int) crc.getValue());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
