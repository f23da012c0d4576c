package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartTest {
    private static final CursorToken TOKEN =
            new CursorToken("t", "gapless", 1, Map.of("n1", new Position(new Epoch(-2), 42)));

    private static StartFrom start(String text) {
        return Start.parse(text, "t", "gapless");
    }

    @Test
    void readsWordsAndTokens() {
        assertEquals(StartFrom.latest(), start("latest"));
        assertEquals(StartFrom.earliest(), start("earliest"));
        assertEquals(StartFrom.token(TOKEN), start(TOKEN.toString()));
    }

    @Test
    void readsTheOpenForm() {
        StartFrom start = start("{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":42}]}");
        CursorToken token = assertInstanceOf(StartFrom.Resume.class, start).token();
        assertEquals(TOKEN.positions(), token.positions());
        assertEquals("t", token.topic());
        assertEquals("gapless", token.cluster());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "",
                "{}",
                "{\"positions\":[{}]}",
                "{\"positions\":[{\"node\":null,\"epoch\":\"fffffffffffffffe\",\"seq\":42}]}",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"f\",\"seq\":42}]}",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":-1}]}",
                "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"fffffffffffffffe\",\"seq\":\"x\"}]}"
            })
    void refusesAnythingElse(String text) {
        assertThrows(IllegalArgumentException.class, () -> start(text));
    }

    @Test
    void refusesATokenOfAnotherTopic() {
        assertThrows(IllegalArgumentException.class, () -> Start.parse(TOKEN.toString(), "other", "gapless"));
    }
}
