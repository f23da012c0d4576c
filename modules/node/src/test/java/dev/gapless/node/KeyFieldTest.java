package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFieldTest {
    private final KeyField field = new KeyField("id");

    private static Object messageOf(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return LineMessage.of(bytes, 0, bytes.length, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"id\":\"a b\"}|a b", "{\"id\":7}|7", "{\"x\":1,\"id\":true}|true", "{\"id\":1.50}|1.50"})
    void isTheKey(String line, String key) {
        assertEquals(key, field.keyOf(messageOf(line)));
        assertEquals(0, field.without());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"id\":null}", "{\"id\":{}}", "{\"id\":[1]}", "[\"id\"]", "\"id\"", "text", ""})
    void isMissing(String line) {
        assertNull(field.keyOf(messageOf(line)));
        assertEquals(1, field.without());
    }

    @Test
    void countsThoseWithoutIt() {
        field.keyOf("a");
        field.keyOf(messageOf("{\"id\":1}"));
        field.keyOf("b");
        assertEquals(2, field.without());
    }
}
