package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Journal;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Draws faults and begins one every second or so, up to four at once, of which two concern processes: a majority of the
 * nodes is always there. Each kind comes once before any comes again.
 */
final class FaultSchedule implements AutoCloseable {
    private static final int AT_ONCE = 4;
    private static final int PROCESSES_AT_ONCE = 2;
    private static final int LONGEST_INTERVAL_MS = 1_600;
    private static final long TO_END_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Faults faults;
    private final Population population;
    private final Journal journal;
    private final Random random;
    private final Deque<Fault> bag = new ArrayDeque<>();
    private final Set<Fault> done = Collections.synchronizedSet(EnumSet.noneOf(Fault.class));
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final Semaphore processes = new Semaphore(PROCESSES_AT_ONCE);
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);

    FaultSchedule(Faults faults, Population population, Journal journal, Random random) {
        this.faults = faults;
        this.population = population;
        this.journal = journal;
        this.random = random;
    }

    /** Kinds that have not taken place yet. */
    Set<Fault> outstanding() {
        Set<Fault> outstanding = EnumSet.allOf(Fault.class);
        outstanding.removeAll(done);
        return outstanding;
    }

    /** Goes on until that time, and returns when the last fault has ended. */
    void runUntil(long endNs) throws InterruptedException {
        while (System.nanoTime() - endNs < 0 && failures.isEmpty()) {
            population.tend();
            begin(next());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_INTERVAL_MS)));
        }
        population.traffic(false); // while faults last: the last messages may be lost, and nothing follows them
        acquire(slots, AT_ONCE);
        slots.release(AT_ONCE);
        for (Throwable failure : failures) {
            throw new AssertionError("A fault did not take place", failure);
        }
    }

    private void acquire(Semaphore semaphore, int permits) throws InterruptedException {
        while (!semaphore.tryAcquire(permits, 1, TimeUnit.SECONDS)) {
            population.tend();
        }
    }

    private Fault next() {
        if (bag.isEmpty()) {
            List<Fault> all = new ArrayList<>(Arrays.asList(Fault.values()));
            Collections.shuffle(all, random);
            bag.addAll(all);
        }
        return bag.remove();
    }

    private void begin(Fault fault) throws InterruptedException {
        acquire(slots, 1);
        boolean concernsProcess = fault.concerns == Fault.Concerns.PROCESS;
        if (concernsProcess) {
            acquire(processes, 1);
        }
        List<TestNode> nodes = draw(fault);
        population.take(nodes);
        Random own = new Random(random.nextLong());
        threads.execute(() -> {
            try {
                inject(fault, nodes, own);
            } finally {
                population.giveBack(nodes);
                if (concernsProcess) {
                    processes.release();
                }
                slots.release();
            }
        });
    }

    /** Whom it is to concern: nodes that are free, as many as there are ends. */
    private List<TestNode> draw(Fault fault) {
        int count = switch (fault.concerns) {
            case PROCESS, SUBSCRIPTION -> 1;
            case LINK -> 2;
            case NOBODY -> 0;
        };
        List<TestNode> free = new ArrayList<>(population.free());
        while (free.size() < count) {
            LockSupport.parkNanos(POLL_NS);
            population.tend();
            free = new ArrayList<>(population.free());
        }
        Collections.shuffle(free, random);
        return List.copyOf(free.subList(0, count));
    }

    private void inject(Fault fault, List<TestNode> nodes, Random own) {
        long began = System.nanoTime();
        try {
            if (fault == Fault.JOIN && !population.mayTakeGuest()) {
                return;
            }
            faults.inject(fault, nodes, own);
            journal.timed("fault", fault, began);
            done.add(fault);
        } catch (RuntimeException | Error e) {
            if (e instanceof Lasting.Interrupted || isOver(nodes, e)) {
                journal.timed("fault", "interrupted", began);
            } else {
                failures.add(e);
            }
        }
    }

    /**
     * The cluster has downed one of them meanwhile, so that it could not do what it was to do. A process that ends takes no
     * more commands, and is still there for a moment.
     */
    private static boolean isOver(List<TestNode> nodes, Throwable e) {
        if (!(e instanceof IllegalStateException || e instanceof UncheckedIOException)) {
            return false;
        }
        long untilNs = System.nanoTime() + TO_END_NS;
        while (nodes.stream().allMatch(TestNode::isAlive) && System.nanoTime() - untilNs < 0) {
            LockSupport.parkNanos(POLL_NS);
        }
        return nodes.stream().anyMatch(n -> !n.isAlive());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
