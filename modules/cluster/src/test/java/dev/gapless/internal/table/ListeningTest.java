package dev.gapless.internal.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.TableChanges;
import dev.gapless.core.table.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** A listener of a table, and when it hears nothing any more. */
class ListeningTest {
    private static final List<Change<String>> CHANGES = List.of(new Change<>("a", null, "a:1"));

    private final List<TableChanges<String>> heard = new ArrayList<>();
    private final List<Steps<String>> closed = new ArrayList<>();

    @Test
    void hearsNothingAfterItWasClosedAlsoIfItsTurnCame() {
        Queue<Runnable> turns = new ArrayDeque<>();
        Listening<String> listening = new Listening<>("t", heard::add, turns::add, closed::add);
        listening.add(CHANGES, false);
        assertEquals(1, turns.size());
        listening.close();
        turns.remove().run();
        assertEquals(List.of(), heard);
        assertEquals(List.of(listening), closed);
    }

    @Test
    void isClosedWhereItsTurnNeverComes() {
        Listening<String> listening = new Listening<>(
                "t",
                heard::add,
                turn -> {
                    throw new RejectedExecutionException("the actor system has ended");
                },
                closed::add);
        listening.add(CHANGES, false);
        assertEquals(List.of(listening), closed);
        assertEquals(List.of(), heard);
    }
}
