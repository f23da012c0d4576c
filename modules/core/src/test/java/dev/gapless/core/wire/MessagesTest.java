package dev.gapless.core.wire;

import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
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
        assertRefused(() -> new Heartbeat(TOPIC, 0, SESSION, 1, 6, 1, 5));
        assertRefused(() -> new Heartbeat(TOPIC, 0, SESSION, 1, -1, 1, 5));
        assertRefused(() -> new Registered(TOPIC, 0, SESSION, LOG, 1, 0, 5, 0));
        assertRefused(() -> new Registered(TOPIC, 0, SESSION, LOG, 1, 7, 5, 0));
        assertRefused(() -> new Heartbeat(TOPIC, 0, SESSION, 1, 5, 7, 5));
        assertRefused(() -> new CursorExpired(TOPIC, 0, SESSION, Reason.OVERRUN, LOG, 1, 0, 5, false));
        assertRefused(() -> new Batch(TOPIC, 0, SESSION, 1, 3, 1, false, Given.slices(1, 1)));
        assertRefused(() -> new Fetch(TOPIC, 0, SESSION, 0, 1));
        assertRefused(() -> new Fetched(TOPIC, 0, SESSION, Given.EPOCH, 5, 1, 5, Given.slices(5, 6)));
        assertRefused(() -> new Find(TOPIC, 0, SESSION, new Start.Copy(null, true, null)));
        assertRefused(() -> new Ack(TOPIC, 0, SESSION, 5, -1, 1));
        assertRefused(() -> new Found(TOPIC, 0, SESSION, Start.LATEST, null, new Position(Given.EPOCH, 7), 1, 5));
    }

    @Test
    @DisplayName("The oldest message of an empty ring is the one that comes next")
    void anEmptyRing() {
        assertEquals(6, new Registered(TOPIC, 0, SESSION, LOG, 6, 6, 5, 0).oldest());
        assertEquals(0, new Heartbeat(TOPIC, 0, SESSION, 1, 0, 1, 0).head());
    }

    @Test
    @DisplayName("An Ack that says nothing else lets go what it acknowledges")
    void anAckLetsGoWhatItAcknowledges() {
        assertEquals(new Ack(TOPIC, 0, SESSION, 5, 5, 1), new Ack(TOPIC, 0, SESSION, 5, 1));
    }

    private static void assertRefused(Executable made) {
        assertThrows(IllegalArgumentException.class, made);
    }
}
