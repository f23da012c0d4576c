package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Journal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Draws faults and begins one every second or so, up to four at once, and only what {@link Majority} can spare: what has to
 * wait lets others go before. Each kind takes place once before any comes again by lot. Where time is up, those that have not
 * taken place yet come one by one: at once they interrupt each other, on a slow machine each time.
 */
final class FaultSchedule implements AutoCloseable {
    private static final int AT_ONCE = 4;
    private static final int LONGEST_INTERVAL_MS = 1_600;
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Faults faults;
    private final Population population;
    private final Journal journal;
    private final Random random;
    private final Deque<Drawn> bag = new ArrayDeque<>();
    private final Set<Fault> done = Collections.synchronizedSet(EnumSet.noneOf(Fault.class));
    private final Map<Fault, String> interruptions = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);

    /** The seed says whom it concerns, of those that are free, and how long it lasts. */
    private record Drawn(Fault fault, long seed) {}

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

    /** For people: kinds that have not taken place, and what interrupted each of them last. */
    String lacking() {
        return "Never took place: "
                + outstanding().stream()
                        .map(fault -> fault + " (" + interruptions.getOrDefault(fault, "never begun") + ")")
                        .toList();
    }

    /**
     * Goes on until that time, and returns when the last fault has ended.
     *
     * @param oneByOne only those that have not taken place yet
     */
    void runUntil(long endNs, boolean oneByOne) throws InterruptedException {
        while (System.nanoTime() - endNs < 0
                && failures.isEmpty()
                && !(oneByOne && outstanding().isEmpty())) {
            population.tend();
            LockSupport.parkNanos(beginOne(oneByOne) ? random.nextInt(LONGEST_INTERVAL_MS) * 1_000_000L : POLL_NS);
        }
        population.traffic(false); // while faults last: the last messages may be lost, and nothing follows them
        while (!slots.tryAcquire(AT_ONCE, 1, TimeUnit.SECONDS)) {
            population.tend();
        }
        slots.release(AT_ONCE);
        for (Throwable failure : failures) {
            throw new AssertionError("A fault did not take place", failure);
        }
    }

    /** Begins the first fault of the bag that may begin now. */
    private boolean beginOne(boolean oneByOne) {
        if ((oneByOne && slots.availablePermits() < AT_ONCE) || !slots.tryAcquire()) {
            return false;
        }
        if (oneByOne) {
            bag.removeIf(drawn -> done.contains(drawn.fault()));
        }
        if (bag.isEmpty()) {
            List<Fault> next = new ArrayList<>(outstanding());
            if (next.isEmpty()) {
                next.addAll(Arrays.asList(Fault.values()));
            }
            Collections.shuffle(next, random);
            next.forEach(fault -> bag.add(new Drawn(fault, random.nextLong())));
        }
        Majority.Present present = population.present();
        List<TestNode> free = new ArrayList<>(population.free());
        free.retainAll(present.nodes());
        for (Drawn drawn : bag) {
            Fault fault = drawn.fault();
            if (free.size() >= fault.concerns.nodes && population.canSpare(fault, present)) {
                Random own = new Random(drawn.seed());
                Collections.shuffle(free, own);
                bag.remove(drawn);
                begin(fault, List.copyOf(free.subList(0, fault.concerns.nodes)), present.nodes(), own);
                return true;
            }
        }
        slots.release();
        return false;
    }

    private void begin(Fault fault, List<TestNode> nodes, List<TestNode> present, Random own) {
        population.take(fault, nodes);
        List<TestNode> others = new ArrayList<>(present);
        others.removeAll(nodes);
        Bystanders bystanders = new Bystanders(others);
        threads.execute(() -> {
            try {
                inject(fault, nodes, bystanders, own);
            } finally {
                population.giveBack(fault, nodes);
                slots.release();
            }
        });
    }

    private void inject(Fault fault, List<TestNode> nodes, Bystanders bystanders, Random own) {
        if (!faults.mayTake(fault)) {
            interruptions.putIfAbsent(fault, "as many as may be at once were there already");
            return;
        }
        long began = System.nanoTime();
        try {
            faults.inject(fault, nodes, bystanders, own);
            journal.timed("fault", fault, began);
            done.add(fault);
        } catch (RuntimeException | Error e) {
            if (e instanceof Lasting.Interrupted || Lasting.isEndOf(nodes, e)) {
                journal.timed("fault", "interrupted", began);
                interruptions.put(fault, String.valueOf(e.getMessage()));
            } else {
                failures.add(new AssertionError(fault + " of " + nodes, e));
            }
        } finally {
            faults.giveBack(fault);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
