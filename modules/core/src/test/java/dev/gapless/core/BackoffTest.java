package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    @DisplayName("ruleC5: doubles up to its bound, and stays there")
    void doublesUpToItsBound() {
        Backoff backoff = new Backoff(200, 1_000);
        List<Long> waits =
                IntStream.of(0, 1, 2, 3, 4, 1_000_000).mapToObj(backoff::waitNs).toList();
        assertEquals(List.of(200L, 400L, 800L, 1_000L, 1_000L, 1_000L), waits);
    }

    @Test
    @DisplayName("rowO8: where both bounds are the same it never grows")
    void staysAtItsBoundWhereBothAreTheSame() {
        Backoff backoff = new Backoff(500, 500);
        IntStream.of(0, 1, 2, 1_000_000).forEach(attempt -> assertEquals(500, backoff.waitNs(attempt)));
    }
}
