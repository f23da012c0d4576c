package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Journal;
import dev.gapless.multijvm.node.Members;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The nodes: five that are started again whenever they have ended, and a few that come and go. Thread-safe. */
final class Population {
    static final List<String> TOPICS = List.of("tiny", "small", "normal", "waiting");
    private static final int REGULARS = 5;
    private static final int GUESTS = 2;
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STRANDED_NS = TimeUnit.SECONDS.toNanos(20);
    /** More than the tiny ring holds. */
    private static final int LARGEST_BURST = 250;

    private final TestCluster cluster;
    private final Path journals;
    private final Journal faults;
    private final Subscriptions subscriptions;
    /** In the order in which they came: the regular ones first. */
    private final List<TestNode> all = new CopyOnWriteArrayList<>();

    /** Those that have been written down as over. */
    private final Set<TestNode> over = ConcurrentHashMap.newKeySet();

    /** Members of nothing: which life, and since when. */
    private final Map<TestNode, Stranger> strangers = new HashMap<>();

    private long lookedNs = System.nanoTime();
    private final Majority majority = new Majority(REGULARS);
    private final AtomicInteger begun = new AtomicInteger();
    private final Set<TestNode> busy = ConcurrentHashMap.newKeySet();

    Population(TestCluster cluster, Path journals, Journal faults, Subscriptions subscriptions) {
        this.cluster = cluster;
        this.journals = journals;
        this.faults = faults;
        this.subscriptions = subscriptions;
    }

    private record Stranger(long pid, long sinceNs) {}

    void start() {
        cluster.start(REGULARS);
        for (int number = 1; number <= REGULARS; number++) {
            all.add(cluster.node(number));
            begin(cluster.node(number));
        }
    }

    /** It publishes and subscribes to every topic; a new life half of the times where the one before was. */
    private void begin(TestNode node) {
        node.call(
                "journal",
                Arguments.of("directory", journals)
                        .and("topics", String.join(",", TOPICS))
                        .and("largest-burst", LARGEST_BURST));
        for (String topic : TOPICS) {
            Subscriptions.Token token = subscriptions.ownToken(node, topic);
            if (token == null || begun.incrementAndGet() % 2 == 0) {
                subscriptions.subscribe(node, topic, "latest");
            } else {
                subscriptions.resume(node, token, false);
            }
        }
    }

    // ------------------------------------------------------------------------------------------ who is free

    /** Living nodes to which nothing is done right now. */
    List<TestNode> free() {
        return all.stream().filter(n -> !busy.contains(n) && n.isAlive()).toList();
    }

    Majority.Present present() {
        return majority.present(all.stream().filter(TestNode::hasStarted).toList());
    }

    boolean canSpare(Fault fault, Majority.Present present) {
        return majority.canSpare(fault, present);
    }

    void take(Fault fault, List<TestNode> nodes) {
        busy.addAll(nodes);
        majority.begins(fault, nodes);
    }

    void giveBack(Fault fault, List<TestNode> nodes) {
        nodes.forEach(busy::remove);
        majority.ends(fault, nodes);
    }

    // ------------------------------------------------------------------------------------------ coming and going

    /** Its process is over. */
    void ended(TestNode node) {
        subscriptions.ended(node);
        faults.timed("over", node.name());
        over.add(node);
    }

    /** A new life at the same port. */
    void comeBack(TestNode node) {
        over.remove(node);
        begin(node.restart());
    }

    boolean isRegular(TestNode node) {
        return all.indexOf(node) < REGULARS;
    }

    boolean mayTakeGuest() {
        return all.stream().skip(REGULARS).filter(TestNode::isAlive).count() < GUESTS;
    }

    /** A node that is not among the regular ones: one that was here before, or a new one. */
    TestNode takeGuest() {
        TestNode guest = endedGuest();
        if (guest == null) {
            guest = cluster.add();
            busy.add(guest);
            all.add(guest);
        }
        return guest;
    }

    void startGuest(TestNode guest) {
        if (over.contains(guest)) {
            comeBack(guest);
        } else {
            begin(guest.awaitStarted());
        }
    }

    void giveBack(TestNode guest) {
        busy.remove(guest);
    }

    private synchronized TestNode endedGuest() {
        TestNode guest = all.stream()
                .skip(REGULARS)
                .filter(n -> over.contains(n) && !busy.contains(n))
                .findFirst()
                .orElse(null);
        if (guest != null && all.size() > REGULARS + GUESTS) {
            busy.add(guest);
            return guest;
        }
        return null;
    }

    /** Starts those of the five again that have ended without anybody having meant it: the cluster had downed them. */
    synchronized void tend() {
        for (TestNode node : all) {
            if (!busy.contains(node) && !node.isAlive()) {
                if (!over.contains(node)) {
                    faults.timed("fault", "downed", System.nanoTime());
                    ended(node);
                }
                if (isRegular(node)) {
                    startAgain(node);
                }
            }
        }
        rescueStranded();
    }

    private void startAgain(TestNode node) {
        try {
            comeBack(node);
        } catch (IllegalStateException | UncheckedIOException e) {
            if (!Lasting.isEndOf(List.of(node), e)) {
                throw e;
            } // the cluster was downed when it had hardly joined: next time
        }
    }

    /** Whoever was told to join nodes that have all ended since, or wait for each other, is killed and begins anew. */
    private void rescueStranded() {
        if (System.nanoTime() - lookedNs < LOOK_NS) {
            return;
        }
        lookedNs = System.nanoTime();
        Map<TestNode, Members> views = Views.of(free());
        for (Map.Entry<TestNode, Members> view : views.entrySet()) {
            TestNode node = view.getKey();
            if (!view.getValue().all().isEmpty()) {
                strangers.remove(node);
                continue;
            }
            Stranger stranger = strangers.get(node);
            if (stranger == null || stranger.pid() != node.pid()) {
                strangers.put(node, new Stranger(node.pid(), System.nanoTime()));
            } else if (System.nanoTime() - stranger.sinceNs() > STRANDED_NS) {
                node.kill();
                ended(node);
            }
        }
    }

    // ------------------------------------------------------------------------------------------ the cluster

    /** Waits until the five live, and all that live see each other and nobody else. */
    void settle() {
        Await.until("everybody is up again", () -> {
            tend();
            List<TestNode> living = free();
            List<String> addresses =
                    living.stream().map(TestNode::address).sorted().toList();
            Map<TestNode, Members> views = Views.of(living);
            return views.size() == living.size()
                    && views.values().stream()
                            .allMatch(m -> m.up().equals(addresses)
                                    && m.all().equals(addresses)
                                    && m.unreachable().isEmpty());
        });
    }

    /** Those that are free publish from now on, or stop and have an answer to everything that they began. */
    void traffic(boolean on) {
        for (TestNode node : free()) {
            try {
                node.call("traffic", Arguments.of("on", on));
            } catch (IllegalStateException | UncheckedIOException e) {
                if (!Lasting.isEndOf(List.of(node), e)) {
                    throw e;
                }
            }
        }
    }
}
