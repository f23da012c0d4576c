package dev.gapless.core.wire;

import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.core.Session;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MessagesTest {
    private static final Session SESSION = new Session(1, 1);

    @Test
    @DisplayName("What cannot be is refused where it is made, and where it arrives")
    void refusesWhatCannotBe() {
        assertRefused(() -> new Ping(1, 2, 0, 0, 0, 0, 0));
        assertRefused(() -> new Ping(1, 2, 1, -1, 0, 0, 0));
        assertRefused(() -> new Ping(1, 2, 1, 0, -1, 0, 0));
        assertRefused(() -> new Heartbeat(TOPIC, 0, SESSION, 1, 6, 5));
        assertRefused(() -> new Heartbeat(TOPIC, 0, SESSION, 1, -1, 5));
        assertRefused(() -> new Registered(TOPIC, 0, SESSION, LOG, 1, 0, 5, 0));
        assertRefused(() -> new Registered(TOPIC, 0, SESSION, LOG, 1, 7, 5, 0));
    }

    @Test
    @DisplayName("The oldest message of an empty ring is the one that comes next")
    void anEmptyRing() {
        assertEquals(6, new Registered(TOPIC, 0, SESSION, LOG, 6, 6, 5, 0).oldest());
        assertEquals(0, new Heartbeat(TOPIC, 0, SESSION, 1, 0, 0).head());
    }

    private static void assertRefused(Executable made) {
        assertThrows(IllegalArgumentException.class, made);
    }
}
