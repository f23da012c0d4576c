package dev.gapless.core.simulation;

import dev.gapless.core.TopicSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One execution of the protocol under a network, a clock and a fate that all come from one seed: applications publish and
 * subscribe while things go wrong; then nothing goes wrong any more, and within a stated time every subscription must be
 * level.
 */
final class Simulation {
    static final String TOPIC = "quotes";
    static final String CLUSTER = "simulated";

    private static final long BAD_TIMES_NS = 60 * Profile.SECOND;

    private final RandomGenerator random;
    private final Timeline timeline = new Timeline();
    private final Counts counts = new Counts();
    private final Trace trace;
    private final Profile profile;
    private final Network network;
    private final Truth truth = new Truth();
    private final Oracle oracle;
    private final Members members;
    private final Chaos chaos;
    private final Workload workload;
    private final List<Host> hosts = List.of(
            new Host("n1", true, false),
            new Host("n2", true, true),
            new Host("n3", false, true),
            new Host("n4", false, true));
    private final Map<Long, Host> everyUid = new HashMap<>();

    Simulation(long seed, boolean traced) {
        random = new SplittableRandom(seed);
        trace = new Trace(timeline, traced);
        profile = Profile.of(random);
        network = new Network(timeline, random, counts);
        oracle = new Oracle(this);
        members = new Members(this);
        chaos = new Chaos(this);
        workload = new Workload(this);
    }

    /** Runs it; throws what it finds. */
    Counts run() {
        trace.add("*", profile::toString);
        hosts.forEach(host -> truth.node(host.name()));
        hosts.forEach(host -> timeline.after(random.nextLong(3 * Profile.SECOND), () -> start(host)));
        workload.begin();
        chaos.begin();
        auditSometimes();
        timeline.runUntil(timeline.nowNs() + BAD_TIMES_NS);
        trace.add("*", () -> "no more faults");
        chaos.end();
        // Those that were about to come back do so now, and the last messages are published.
        timeline.runUntil(timeline.nowNs() + 25 * Profile.SECOND);
        trace.add("*", () -> "no more messages");
        workload.end();
        timeline.runUntil(timeline.nowNs() + timeToRecoverNs());
        for (Host host : hosts) {
            if (host.isUp()) {
                host.node().audit();
                host.node().subscribers().values().forEach(s -> oracle.isLevel(s.witness()));
            }
        }
        if (!profile.faults()) {
            nothingWasMissed();
        }
        counts.add("published", truth.published());
        counts.add("events", timeline.ran());
        return counts;
    }

    /** G6: what recovery may take once the last fault is over, a member's removal and the slowest reload included. */
    private long timeToRecoverNs() {
        return 3 * settings().heartbeatNs()
                + 2 * settings().backoffMaxNs()
                + settings().producerReturnNs()
                + settings().reloadBackoffMaxNs()
                + 10 * Profile.SECOND;
    }

    private void nothingWasMissed() {
        counts.add("runs without faults");
        if (profile.settings().backpressure()) {
            counts.add("runs without faults, with backpressure");
        }
    }

    private void auditSometimes() {
        timeline.after(Profile.SECOND, () -> {
            hosts.stream().filter(Host::isUp).forEach(host -> host.node().audit());
            auditSometimes();
        });
    }

    /** A process starts at this address, unless one is there. */
    void start(Host host) {
        if (host.isUp()) {
            return;
        }
        long uid = random.nextLong();
        everyUid.put(uid, host);
        Node node = new Node(this, host, uid);
        host.node(node);
        trace.add(host, () -> "starts as " + Long.toHexString(uid));
        network.listen(host.name(), node::receive);
        workload.started(node);
        timeline.after(100 * Profile.MS + random.nextLong(Profile.SECOND), () -> {
            if (!node.isDead()) {
                members.join(node);
            }
        });
    }

    /** It ends there and then. */
    void stop(Node node) {
        node.die();
        node.host().node(null);
        network.silence(node.host().name());
    }

    /** Both find out that the other cannot be reached, or can again. */
    void reachable(Host one, Host other, boolean reachable) {
        if (one.isUp() && other.isUp()) {
            Node a = one.node();
            Node b = other.node();
            a.input(() -> a.reachability(b.uid(), reachable));
            b.input(() -> b.reachability(a.uid(), reachable));
        }
    }

    Host hostOf(long uid) {
        return everyUid.get(uid);
    }

    String name(long uid) {
        Host host = everyUid.get(uid);
        return host + "/" + Long.toHexString(uid);
    }

    TopicSettings settings() {
        return profile.settings();
    }

    RandomGenerator random() {
        return random;
    }

    Timeline timeline() {
        return timeline;
    }

    Counts counts() {
        return counts;
    }

    Trace trace() {
        return trace;
    }

    Profile profile() {
        return profile;
    }

    Network network() {
        return network;
    }

    Truth truth() {
        return truth;
    }

    Oracle oracle() {
        return oracle;
    }

    Members members() {
        return members;
    }

    Chaos chaos() {
        return chaos;
    }

    Workload workload() {
        return workload;
    }

    List<Host> hosts() {
        return hosts;
    }
}
