package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LastTokenTest {
    private final LastToken told = new LastToken();

    private static CursorToken token(long sequence, Duration age) {
        return new CursorToken("t", "c", age.toMillis(), Map.of("n", new Position(new Epoch(1), sequence)));
    }

    @Test
    void aTokenThatLeadsFurtherIsTold() {
        assertTrue(told.isBehind(token(1, Duration.ZERO)), "it has none");
        told.is(token(1, Duration.ZERO));
        assertFalse(told.isBehind(token(1, Duration.ofSeconds(1))));
        assertTrue(told.isBehind(token(2, Duration.ofSeconds(1))));
    }

    /** Of an older one the members may not remember any more who ended since. */
    @Test
    void aTokenThatIsOldIsToldAgainThoughItLeadsNoFurther() {
        told.is(token(1, Duration.ZERO));
        assertTrue(told.isBehind(token(1, Duration.ofMinutes(6))));
    }
}
