package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gapless.core.log.Format;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormatsTest {
    private final Formats formats = new Formats(1);

    @Test
    void oneThatCameIsThere() {
        assertEquals(List.of(new Format(1, "a")), formats.alone(1, "a"));
        assertSame(formats.alone(1, "a"), formats.alone(1, new String("a")));
    }

    @Test
    void whatHasItsPlaceIsNotMistakenForIt() {
        assertEquals(List.of(new Format(1, "a")), formats.alone(1, "a"));
        assertEquals(List.of(new Format(2, "a")), formats.alone(2, "a"), "another serializer");
        assertEquals(List.of(new Format(2, "b")), formats.alone(2, "b"), "another manifest");
        assertEquals(List.of(new Format(1, "a")), formats.alone(1, "a"), "it was displaced");
    }
}
