package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int runs;

    private Turns turns(Runnable turn) {
        return new Turns(waiting::add, () -> {
            runs++;
            turn.run();
        });
    }

    private void runAll() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Test
    void atMostOneTurnRunsOrWaits() {
        Turns turns = turns(() -> {});
        turns.wake();
        turns.wake();
        assertEquals(1, waiting.size());
        runAll();
        assertEquals(1, runs);
        turns.wake();
        runAll();
        assertEquals(2, runs);
    }

    @Test
    void whatComesDuringATurnHasATurnOfItsOwn() {
        Turns[] turns = new Turns[1];
        turns[0] = turns(() -> {
            if (runs == 1) {
                turns[0].wake();
            }
        });
        turns[0].wake();
        runAll();
        assertEquals(2, runs);
    }

    @Test
    void behindATurnThatFailsTheNextOneComes() {
        Turns turns = turns(() -> {
            throw new IllegalStateException("planted");
        });
        turns.wake();
        assertThrows(IllegalStateException.class, this::runAll);
        turns.wake();
        assertThrows(IllegalStateException.class, this::runAll);
        assertEquals(2, runs);
    }
}
