package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnNodeTest {
    private static final Position POSITION = new Position(new Epoch(1), 2);

    @Test
    void takesItselfOutOfATokenAndNothingElse() {
        CursorToken token = new CursorToken("t", "c", 3, Map.of("n1", POSITION, "s1", POSITION));
        assertEquals(new CursorToken("t", "c", 3, Map.of("n1", POSITION)), new OwnNode("s1").apply(token));
    }
}
