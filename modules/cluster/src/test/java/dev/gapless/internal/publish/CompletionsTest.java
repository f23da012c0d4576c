package dev.gapless.internal.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompletionsTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Completions completions = new Completions(tasks::add);
    private final List<Integer> answered = new ArrayList<>();

    private void answer(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(i -> completions.execute(() -> answered.add(i)));
    }

    private int runTasks() {
        int run = 0;
        while (!tasks.isEmpty()) {
            tasks.remove().run();
            run++;
        }
        return run;
    }

    @Test
    void manyAnswersShareAFewTasksAndStayInOrder() {
        answer(1, 10_000);
        assertEquals(Completions.MOST_TASKS, tasks.size());
        assertTrue(runTasks() < 100);
        assertEquals(IntStream.rangeClosed(1, 10_000).boxed().toList(), answered);
    }

    @Test
    void whatComesWhenAllTasksHaveEndedStartsAnother() {
        answer(1, 100);
        runTasks();
        answer(101, 101);
        assertEquals(1, runTasks());
        assertEquals(101, answered.size());
    }

    @Test
    void anAnswerThatFailsHoldsUpNoOther() {
        completions.execute(() -> {
            throw new IllegalStateException("planted");
        });
        answer(1, 1);
        assertThrows(IllegalStateException.class, () -> tasks.remove().run());
        runTasks();
        assertEquals(List.of(1), answered);
    }

    @Test
    void anExecutorThatRefusesIsAskedAgainNextTime() {
        boolean[] refuses = {true};
        Completions refused = new Completions(task -> {
            if (refuses[0]) {
                throw new RejectedExecutionException("planted");
            }
            tasks.add(task);
        });
        for (int i = 0; i < 2 * Completions.MOST_TASKS; i++) {
            assertThrows(RejectedExecutionException.class, () -> refused.execute(() -> answered.add(0)));
        }
        refuses[0] = false;
        refused.execute(() -> answered.add(1));
        runTasks();
        assertEquals(1, answered.get(answered.size() - 1));
    }

    @Test
    void aCallbackMayWaitForThoseBehindIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(Completions.MOST_TASKS);
        try {
            Completions shared = new Completions(threads);
            CountDownLatch behind = new CountDownLatch(1_000);
            CountDownLatch blocked = new CountDownLatch(Completions.MOST_TASKS - 1);
            for (int i = 1; i < Completions.MOST_TASKS; i++) {
                shared.execute(() -> {
                    try {
                        if (behind.await(10, TimeUnit.SECONDS)) {
                            blocked.countDown();
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            IntStream.range(0, 1_000).forEach(i -> shared.execute(behind::countDown));
            assertTrue(blocked.await(20, TimeUnit.SECONDS));
        } finally {
            threads.shutdownNow();
        }
    }
}
