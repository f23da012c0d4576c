package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Journal;
import dev.gapless.multijvm.node.Members;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** The nodes: five that are started again whenever they have ended, and a few that come and go. Thread-safe. */
final class Population {
    static final List<String> TOPICS = List.of("tiny", "small", "normal", "waiting");
    private static final int REGULARS = 5;
    private static final int GUESTS = 2;
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STRANDED_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long ALL_STRANDED_NS = TimeUnit.SECONDS.toNanos(5);
    /** More than the tiny ring holds. */
    private static final int LARGEST_BURST = 250;

    private final TestCluster cluster;
    private final Journal faults;
    private final Subscriptions subscriptions;
    /** In the order in which they came: the regular ones first. */
    private final List<TestNode> all = new CopyOnWriteArrayList<>();

    /** Those that have been written down as over. */
    private final Set<TestNode> over = ConcurrentHashMap.newKeySet();

    /** Members of nothing: which incarnation, and since when. */
    private final Map<TestNode, Stranger> strangers = new HashMap<>();

    private long lookedNs = System.nanoTime();
    private final Majority majority = new Majority(REGULARS);
    private final AtomicInteger begun = new AtomicInteger();
    private final Set<TestNode> busy = ConcurrentHashMap.newKeySet();

    Population(TestCluster cluster, Journal faults, Subscriptions subscriptions) {
        this.cluster = cluster;
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

    /** It publishes and subscribes to every topic; a new incarnation half of the times where the one before was. */
    private String begin(TestNode node) {
        String its = subscriptions.journal(node, TOPICS, LARGEST_BURST);
        for (String topic : TOPICS) {
            Subscriptions.Token token = subscriptions.ownToken(node, topic);
            if (token == null || begun.incrementAndGet() % 2 == 0) {
                subscriptions.subscribe(node, topic, "latest");
            } else {
                subscriptions.resume(node, token, false);
            }
        }
        return its;
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

    /** A new incarnation at the same port. */
    void comeBack(TestNode node) {
        over.remove(node);
        begin(node.restart());
    }

    /** A new incarnation at the same port, which reaches none of the others. Returns what its journals are called by. */
    String comeBackAlone(TestNode node) {
        over.remove(node);
        return begin(node.restartAsFirstSeed());
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

    /**
     * Whoever was told to join nodes that have all ended since is killed and begins anew. Where nobody is a member of
     * anything, all wait for each other, and go on doing so unless all are killed at once: the first that comes back then
     * finds nobody alive, and forms the cluster.
     */
    private void rescueStranded() {
        long nowNs = System.nanoTime();
        if (nowNs - lookedNs < LOOK_NS) {
            return;
        }
        lookedNs = nowNs;
        List<TestNode> living = all.stream().filter(TestNode::isAlive).toList();
        lookForStrangers(living, nowNs);
        if (!strangers.keySet().containsAll(living)) {
            strangers.forEach((node, stranger) -> rescue(node, stranger, nowNs - STRANDED_NS));
        } else if (strangers.values().stream().allMatch(s -> s.sinceNs() < nowNs - ALL_STRANDED_NS)) {
            strangers.forEach((node, stranger) -> rescue(node, stranger, nowNs));
        }
    }

    private void lookForStrangers(List<TestNode> living, long nowNs) {
        Map<TestNode, Members> views = Views.of(living);
        views.values().removeIf(view -> !view.all().isEmpty());
        strangers.keySet().retainAll(views.keySet());
        strangers.entrySet().removeIf(s -> s.getKey().pid() != s.getValue().pid());
        views.keySet().forEach(node -> strangers.putIfAbsent(node, new Stranger(node.pid(), nowNs)));
    }

    private void rescue(TestNode node, Stranger stranger, long sinceNs) {
        if (stranger.sinceNs() < sinceNs && stranger.pid() == node.pid()) {
            node.kill(); // what a fault was about to do with it is interrupted
        }
    }

    // ------------------------------------------------------------------------------------------ the cluster

    /** Waits until the five live, and then until all that live see each other and nobody else. */
    void settle() {
        Await.until("everybody is alive again, and a member", () -> {
            tend();
            List<TestNode> living = free();
            Map<TestNode, Members> views = Views.of(living);
            return all.stream().limit(REGULARS).allMatch(living::contains)
                    && views.keySet().containsAll(living)
                    && views.values().stream().noneMatch(m -> m.all().isEmpty());
        });
        Await.until("everybody is up again", this::views, () -> {
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

    /** For people: what each node that lives takes for the cluster. */
    private String views() {
        List<TestNode> living = all.stream().filter(TestNode::isAlive).toList();
        Map<TestNode, Members> views = Views.of(living);
        return living.stream()
                .map(node -> node + (busy.contains(node) ? " (busy)" : "") + " sees " + views.get(node))
                .collect(Collectors.joining("\n  ", "\n  ", ""));
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
