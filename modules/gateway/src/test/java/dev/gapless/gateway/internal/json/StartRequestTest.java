package dev.gapless.gateway.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Position;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartRequestTest {
    private static final CursorToken TOKEN =
            new CursorToken("t", "gapless", 1, Map.of("n1", new Position(new Epoch(-2), 42)));

    private static StartFrom start(String text) {
        return StartRequest.parse(text, "t", "gapless");
    }

    @Test
    void readsWordsAndTokens() {
        assertEquals(StartFrom.latest(), start("latest"));
        assertEquals(StartFrom.earliest(), start("earliest"));
        assertEquals(StartFrom.token(TOKEN), start(TOKEN.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-31T12:00:00Z",
                "2026-01-31T13:00:00.000+01:00",
                "2026-01-31T12:00Z",
                "2026-01-31T12:00:00.0Z"
            })
    void readsATime(String text) {
        assertEquals(StartFrom.since(Instant.ofEpochSecond(1769860800)), start(text));
    }

    @Test
    void saysWhatATimeLooksLike() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> start("2026-01-31T12:00:00"));
        assertEquals(
                "'2026-01-31T12:00:00' is no time of ISO 8601 with its offset, like 2026-01-31T12:00:00Z",
                refusal.getMessage());
    }

    @Test
    void readsTheOpenForm() {
        StartFrom start = start("{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":42}]}");
        CursorToken token = assertInstanceOf(StartFrom.Resume.class, start).token();
        assertEquals(TOKEN.positions(), token.positions());
        assertEquals("t", token.topic());
        assertEquals("gapless", token.cluster());
    }

    @Test
    void readsWhichProducersEnded() {
        StartFrom start = start("{\"positions\":["
                + "{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":42,\"ended\":false},"
                + "{\"node\":\"n2\",\"epoch\":\"0000000000000002\",\"seq\":5,\"ended\":true},"
                + "{\"node\":\"n3\",\"epoch\":null,\"seq\":null,\"ended\":true}]}");
        CursorToken token = assertInstanceOf(StartFrom.Resume.class, start).token();
        assertEquals(TOKEN.positions(), token.positions());
        assertEquals(
                List.of(
                        new CursorToken.Entry("n1", 0, new Epoch(-2), 42, false),
                        new CursorToken.Entry("n2", 0, new Epoch(2), 5, true)),
                token.entries(),
                "of one that ended before it was known nothing is left to tell");
        assertTrue(token.isMadeByHand());
    }

    @Test
    void readsSeveralStreamsOfANode() {
        StartFrom start = start("{\"positions\":["
                + "{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":42},"
                + "{\"node\":\"n1\",\"epoch\":\"0000000000000002\",\"seq\":0}]}");
        CursorToken token = assertInstanceOf(StartFrom.Resume.class, start).token();
        assertEquals(
                Set.of(
                        new CursorToken.Entry("n1", 0, new Epoch(-2), 42, false),
                        new CursorToken.Entry("n1", 0, new Epoch(2), 0, false)),
                Set.copyOf(token.entries()));
    }

    @Test
    void aStreamMayBeKnownWithoutAPositionInIt() {
        StartFrom start = start("{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":null}]}");
        CursorToken token = assertInstanceOf(StartFrom.Resume.class, start).token();
        assertEquals(
                List.of(new CursorToken.Entry("n1", 0, new Epoch(-2), CursorToken.Entry.UNKNOWN, false)),
                token.entries());
        assertTrue(token.isMadeByHand());
    }

    @Test
    void whoCannotNameAStreamThatGoesOnIsToldThatItMayHaveMissedSomething() {
        StartFrom start = start("{\"positions\":["
                + "{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":42},"
                + "{\"node\":\"n2\",\"epoch\":null,\"seq\":null}]}");
        CursorToken token = assertInstanceOf(StartFrom.Resume.class, start).token();
        assertEquals(TOKEN.positions(), token.positions());
        assertEquals(HistoryId.UNKNOWN, token.historyId(), "it is not covered");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "",
                "{}",
                "2026-01-31",
                "1769860800000",
                "{\"positions\":[{}]}",
                "{\"positions\":[1]}",
                "{\"positions\":[{\"node\":\"n1\"}]}",
                "{\"positions\":[{\"node\":\"n1\",\"seq\":42}]}",
                "{\"positions\":",
                "{\"positions\":[]} /* none */",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":42,\"ended\":1}]}",
                "{\"positions\":[{\"node\":null,\"epoch\":\"fffffffffffffffe\",\"seq\":42}]}",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"f\",\"seq\":42}]}",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":-1}]}",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":\"x\"}]}",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":18446744073709551658}]}"
            })
    void refusesAnythingElse(String text) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> start(text));
        assertFalse(
                refusal.getMessage().matches("(?s).*(Node`|JsonNode|Feature|Source:|\\.java).*"), refusal::getMessage);
    }

    @Test
    void saysHowAWordIsWritten() {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> start("Earliest"));
        assertEquals("'Earliest' is written 'earliest'", refusal.getMessage());
    }

    @Test
    void refusesATokenOfAnotherTopic() {
        assertThrows(IllegalArgumentException.class, () -> StartRequest.parse(TOKEN.toString(), "other", "gapless"));
    }
}
