package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Journal;
import dev.gapless.multijvm.node.Json;
import dev.gapless.multijvm.node.Members;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** The nodes: five that are started again whenever they have ended, and a few that come and go. Thread-safe. */
final class Population {
    static final List<String> TOPICS = List.of("tiny", "small", "normal", "waiting");
    private static final int REGULARS = 5;
    private static final int GUESTS = 2;
    private static final int ANSWER_SECONDS = 2;
    private static final long STRANDED_NS = TimeUnit.SECONDS.toNanos(20);
    /** More than the tiny ring holds. */
    private static final int LARGEST_BURST = 250;

    private final TestCluster cluster;
    private final Path journals;
    private final Journal faults;
    private final Subscriptions subscriptions;
    /** In the order in which they came: the regular ones first. */
    private final List<TestNode> all = new CopyOnWriteArrayList<>();

    /** Those that have been written down as killed or ended. */
    private final Set<TestNode> over = ConcurrentHashMap.newKeySet();

    /** Members of nothing, when last looked for. */
    private final Set<TestNode> strangers = ConcurrentHashMap.newKeySet();

    private volatile long lookedNs = System.nanoTime();
    private final AtomicInteger begun = new AtomicInteger();
    private final Set<TestNode> busy = ConcurrentHashMap.newKeySet();

    Population(TestCluster cluster, Path journals, Journal faults, Subscriptions subscriptions) {
        this.cluster = cluster;
        this.journals = journals;
        this.faults = faults;
        this.subscriptions = subscriptions;
    }

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

    void take(List<TestNode> nodes) {
        busy.addAll(nodes);
    }

    void giveBack(List<TestNode> nodes) {
        nodes.forEach(busy::remove);
    }

    // ------------------------------------------------------------------------------------------ coming and going

    /** Its process is over: it was killed. */
    void killed(TestNode node) {
        over("killed", node);
    }

    /** Its process is over, and it may have left in good order. */
    void ended(TestNode node) {
        over("ended", node);
    }

    private void over(String how, TestNode node) {
        subscriptions.ended(node);
        faults.timed(how, node.name());
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

    /** A node that is not among the regular ones joins: one that was here before, or a new one. */
    TestNode join() {
        TestNode guest = endedGuest();
        if (guest == null) {
            guest = cluster.add();
            busy.add(guest);
            all.add(guest);
            begin(guest.awaitStarted());
        } else {
            comeBack(guest);
        }
        return guest;
    }

    private synchronized TestNode endedGuest() {
        TestNode guest = all.stream()
                .skip(REGULARS)
                .filter(n -> !n.isAlive() && !busy.contains(n))
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
        for (TestNode node : all.stream().limit(REGULARS).toList()) {
            if (!busy.contains(node) && !node.isAlive()) {
                if (!over.contains(node)) {
                    faults.timed("fault", "downed", System.nanoTime());
                    ended(node);
                }
                comeBack(node);
            }
        }
        rescueStranded();
    }

    /** Whoever was told to join nodes that have all ended since, or wait for each other, is killed and begins anew. */
    private void rescueStranded() {
        long nowNs = System.nanoTime();
        if (nowNs - lookedNs < STRANDED_NS) {
            return;
        }
        lookedNs = nowNs;
        List<TestNode> alone = all.stream()
                .filter(n -> n.isAlive() && sees(n, m -> m.all().isEmpty()))
                .toList();
        for (TestNode node : alone) {
            if (strangers.contains(node)) {
                node.kill();
                killed(node);
            }
        }
        strangers.clear();
        strangers.addAll(alone);
    }

    // ------------------------------------------------------------------------------------------ the cluster

    /** Does anybody who is free see the members like that? */
    boolean anybodySees(Predicate<Members> what) {
        return free().stream().anyMatch(n -> sees(n, what));
    }

    private static boolean sees(TestNode node, Predicate<Members> what) {
        try {
            String answer = node.send("members", Arguments.none())
                    .orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .join();
            return what.test(Json.read(answer, Members.class));
        } catch (CompletionException | UncheckedIOException e) {
            return false; // it has ended meanwhile, or is paused
        }
    }

    /** Waits until the five live, and all that live see each other and nobody else. */
    void settle() {
        Await.until("everybody is up again", () -> {
            tend();
            List<TestNode> living = free();
            List<String> addresses =
                    living.stream().map(TestNode::address).sorted().toList();
            return living.stream()
                    .allMatch(n -> sees(
                            n,
                            m -> m.up().equals(addresses)
                                    && m.all().equals(addresses)
                                    && m.unreachable().isEmpty()));
        });
        all.stream()
                .skip(REGULARS)
                .filter(n -> !n.isAlive() && !over.contains(n))
                .forEach(this::ended);
    }

    /** Those that are free publish from now on, or stop and have an answer to everything that they began. */
    void traffic(boolean on) {
        for (TestNode node : free()) {
            try {
                node.call("traffic", Arguments.of("on", on));
            } catch (IllegalStateException | UncheckedIOException e) {
                if (node.isAlive()) {
                    throw e;
                }
            }
        }
    }
}
