package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class ClientTurnsTest {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int runs;

    private ClientTurns turns(Runnable turn) {
        return new ClientTurns(waiting::add, () -> {
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
        ClientTurns turns = turns(() -> {});
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
        ClientTurns[] turns = new ClientTurns[1];
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
        ClientTurns turns = turns(() -> {
            throw new IllegalStateException("planted");
        });
        turns.wake();
        assertThrows(IllegalStateException.class, this::runAll);
        turns.wake();
        assertThrows(IllegalStateException.class, this::runAll);
        assertEquals(2, runs);
    }
}
