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
import org.junit.jupiter.params.provider.CsvSource;
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

    private static String then(String... entries) {
        return "{\"token\":\"" + TOKEN + "\",\"then\":[" + String.join(",", entries) + "]}";
    }

    @Test
    void readsATokenAndWhatCameSince() {
        StartFrom start = start(then(
                "{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":43,\"ended\":true}",
                "{\"node\":\"n1\",\"epoch\":\"0000000000000002\",\"seq\":0}"));
        assertEquals(
                TOKEN.then(List.of(
                        new CursorToken.Entry("n1", 0, new Epoch(-2), 43, true),
                        new CursorToken.Entry("n1", 0, new Epoch(2), 0, false))),
                assertInstanceOf(StartFrom.Resume.class, start).token());
        assertEquals(StartFrom.token(TOKEN), start(then()), "nothing came since");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'token':'xxxx','then':[]} | This is no cursor token, it is too short: xxxx",
                "{'then':[]} | beside then stands token, a cursor token",
                "{'token':7,'then':[]} | beside then stands token, a cursor token",
                "{'token':'TOKEN'} | then is a list of {'node':…,'epoch':…,'seq':…}",
                "{'token':'TOKEN','then':{}} | then is a list of {'node':…,'epoch':…,'seq':…}",
                "{'token':'TOKEN','then':[],'x':1} | a token with what came since has no member 'x'",
                "{'token':'TOKEN','then':[],'positions':[]} | a token with what came since has no member 'positions'",
                "{'token':'TOKEN','then':[7]} | then[0]: an entry is {'node':…,'epoch':…,'seq':…}",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':1,'key':2}]}"
                        + " | then[0]: an entry has no member 'key'",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':1},{'node':'n1','seq':1}]}"
                        + " | then[1]: node and epoch are texts",
                "{'token':'TOKEN','then':[{'node':'','epoch':'fffffffffffffffe','seq':1}]}"
                        + " | then[0]: A node has 1 to 255 characters, this has 0: ''",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'f','seq':1}]}"
                        + " | then[0]: An epoch has 16 hexadecimal digits, this has 1: f",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':null}]}"
                        + " | then[0]: seq is a whole number, at least 0",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe'}]}"
                        + " | then[0]: seq is a whole number, at least 0",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':-1}]}"
                        + " | then[0]: seq is a whole number, at least 0",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':1.5}]}"
                        + " | then[0]: seq is a whole number, at least 0",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':18446744073709551658}]}"
                        + " | then[0]: seq is a whole number, at least 0",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':1,'ended':1}]}"
                        + " | then[0]: ended is true or false",
                "{'token':'TOKEN','then':[{'node':'n1','epoch':'fffffffffffffffe','seq':1},"
                        + "{'node':'n1','epoch':'fffffffffffffffe','seq':2}]}"
                        + " | The stream fffffffffffffffe of n1 follows the token twice"
            })
    void saysWhatIsWrongWithWhatCameSince(String text, String message) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> start(text.replace('\'', '"').replace("TOKEN", TOKEN.toString())));
        assertEquals(message.replace("{'", "{\"").replace("':", "\":").replace(",'", ",\""), refusal.getMessage());
    }

    @Test
    void refusesATokenOfAnotherTopicWithWhatCameSince() {
        assertThrows(IllegalArgumentException.class, () -> StartRequest.parse(then(), "other", "gapless"));
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
