package dev.gapless.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.GivenUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GivenUpsTest {
    private final List<GivenUp> told = new ArrayList<>();
    private boolean closing;
    private final GivenUps givenUps = new GivenUps(Runnable::run, () -> closing);

    @Test
    @DisplayName("rowO2: hooks are told once each time, though one of them fails")
    void hooksAreToldOnce() {
        givenUps.tell(givenUp -> {
            throw new IllegalStateException("of the test");
        });
        givenUps.tell(told::add);
        givenUps.of("t", Set.of("a"));
        givenUps.of("t", Set.of("a", "b"));
        assertEquals(List.of(new GivenUp("t", Set.of("a"))), told);
        assertEquals(Map.of("t", Set.of("a", "b")), givenUps.all());
        givenUps.of("t", Set.of());
        assertEquals(Map.of(), givenUps.all());
        givenUps.of("t", Set.of("b"));
        assertEquals(2, told.size());
    }

    @Test
    @DisplayName("rowO2: never on shutdown")
    void nobodyIsToldWhileTheNodeShutsDown() {
        givenUps.tell(told::add);
        closing = true;
        givenUps.of("t", Set.of("a"));
        assertEquals(List.of(), told);
        assertEquals(Map.of("t", Set.of("a")), givenUps.all());
    }
}
