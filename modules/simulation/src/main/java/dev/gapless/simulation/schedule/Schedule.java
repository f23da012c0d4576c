package dev.gapless.simulation.schedule;

import dev.gapless.core.TopicSettings;
import dev.gapless.simulation.oracle.Observer;
import dev.gapless.simulation.oracle.Oracle;
import dev.gapless.simulation.oracle.Truth;
import dev.gapless.simulation.oracle.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One execution of the protocol under a network, clocks and faults that all come from one seed: applications publish and
 * subscribe while things go wrong; then nothing goes wrong any more, and within a stated time every subscription must be
 * level. Not thread-safe; run it once.
 */
final class Schedule implements Observer {
    /** How often a schedule goes on for a while, as somebody is told of something still. */
    private static final int MOST_EXTENSIONS = 8;

    static final String CLUSTER = "simulated";

    private final SplittableRandom random;
    private final Timeline timeline = new Timeline();
    private final Counts counts = new Counts();
    private final Messages messages = new Messages(counts);
    private final Names names = new Names();
    private final Trace trace;
    private final Profile profile;
    private final Network network;
    private final Truth truth = new Truth();
    private final Oracle oracle;
    private final Clusters clusters;
    private final Faults faults;
    private final FaultChains chains;
    private final ScheduledWork workload;
    /** Null if nobody wants any. */
    private final @Nullable Receipts receipts;
    /** Null if messages have no ids. */
    private final @Nullable Repeats repeats;
    /** Do some sources of truth claim more than was ever published? */
    private final boolean sourcesClaim;
    /** Do nodes also publish to so many topics that a farewell needs several parts? */
    private final boolean publishesToMany;

    /** Do some subscribers keep their places by themselves, as clients outside the cluster do? */
    private final boolean keepsPlaces;

    private final List<Host> hosts = new ArrayList<>();
    /** When a subscription was told of gaps for the last time. */
    private long toldNs = Long.MIN_VALUE / 2;

    private final Map<Long, Host> everyUid = new HashMap<>();

    /**
     * The schedule of a seed.
     *
     * @param faults the numbers of those that shall take place, or null for all
     * @param lines takes the trace, or null
     */
    Schedule(long seed, @Nullable Set<Integer> faults, @Nullable Consumer<String> lines) {
        SplittableRandom root = new SplittableRandom(seed);
        this.profile = Profile.of(root.split(), seed);
        this.random = root.split();
        this.keepsPlaces = seed >= Profile.FIRST_WITH_KEPT_PLACES;
        this.trace = new Trace(timeline, names, lines);
        this.network = new Network(timeline, root.split(), counts, profile.hosts(), profile.mostInFlight());
        this.oracle = new Oracle(truth, profile.settings(), profile.faults(), this);
        this.clusters = new Clusters(this, root.split(), truth);
        this.chains = new FaultChains(this);
        this.faults = new Faults(this, root.split(), faults);
        this.workload = new ScheduledWork(
                this,
                root.split(),
                seed < Profile.FIRST_WITH_INVALIDATIONS || keepsPlaces ? null : new SplittableRandom(seed),
                seed < Profile.FIRST_WITH_LIMITS || !profile.faults() ? null : new SplittableRandom(seed));
        this.receipts = seed < Profile.FIRST_WITH_RECEIPTS || keepsPlaces ? null : new Receipts(this, root.split());
        this.repeats = seed < Profile.FIRST_WITH_REPEATS || keepsPlaces
                ? null
                : new Repeats(this, new SplittableRandom(-seed));
        this.sourcesClaim = seed >= Profile.FIRST_WITH_CLAIMS && !keepsPlaces;
        this.publishesToMany = sourcesClaim && seed % 4 == 2;
        Host.Addresses addresses = addresses(seed);
        if (profile.clusters() && addresses == Host.Addresses.CHANGE) {
            addresses = Host.Addresses.STAY; // whoever looks for others has to know where
        }
        counts.add("setting: " + addresses);
        for (int i = 0; i < profile.hosts(); i++) {
            // The first produces and the last consumes; the others do either, both, or nothing.
            boolean produces = i == 0 || random.nextInt(3) != 0;
            boolean consumes = i == profile.hosts() - 1 || random.nextInt(3) != 0;
            Host host = new Host(i, produces, firstIncarnationThatPublishes(i, produces), consumes, addresses);
            hosts.add(host);
            if (profile.settings().durable()) {
                SplittableRandom repairs =
                        seed < Profile.FIRST_WITH_REPAIRS || !profile.faults() ? null : new SplittableRandom(~seed - i);
                host.disk(
                        new Disk(this, host, new SplittableRandom(seed + i), new SplittableRandom(-seed - i), repairs));
            }
        }
    }

    private static Host.Addresses addresses(long seed) {
        return switch ((int) (seed % 4)) {
            case 2 -> Host.Addresses.ARE_NAMES;
            case 3 -> Host.Addresses.CHANGE;
            default -> Host.Addresses.STAY;
        };
    }

    /** How the subscriber with this number keeps its place; null if it takes a token when it goes. */
    @Nullable KeptPlace keeps(long subscription) {
        if (!keepsPlaces || subscription % 3 == 0) {
            return null;
        }
        // A list says nothing of other clusters that were there (rule M4).
        return subscription % 3 == 1 || profile.clusters() ? KeptPlace.ofToken() : KeptPlace.ofList();
    }

    /** From which incarnation on a host's settings let it publish. */
    private int firstIncarnationThatPublishes(int host, boolean produces) {
        if (host > 0 && !produces && random.nextBoolean()) {
            counts.add("setting: nodes that never publish");
            return Integer.MAX_VALUE;
        }
        if (host > 0 && produces && random.nextInt(4) == 0) {
            counts.add("setting: nodes that publish from a later incarnation on");
            return 2 + random.nextInt(2);
        }
        return 1;
    }

    /** Runs it; throws what it finds. */
    void run() {
        trace("*", profile::toString);
        hosts.forEach(host -> truth.node(host.name()));
        for (Host host : hosts) {
            boolean late = host != hosts.get(0) && random.nextInt(6) == 0;
            if (late) {
                counts.add("fault: late join");
            }
            long withinNs = late ? profile.badTimesNs() : 2 * Profile.SECOND;
            timeline.after(random.nextLong(withinNs), () -> start(host));
        }
        workload.begin();
        faults.begin();
        auditSometimes();
        timeline.runUntil(timeline.nowNs() + profile.badTimesNs());
        trace("*", () -> "no more faults");
        faults.end();
        becomeOneCluster();
        timeline.runUntil(timeline.nowNs() + Profile.COMING_BACK_NS);
        trace("*", () -> "no more messages");
        workload.end();
        timeline.runUntil(timeline.nowNs() + timeToRecoverNs());
        for (int i = 0; i < MOST_EXTENSIONS && isToldYet(); i++) {
            counts.add("expired: told at the end");
            timeline.runUntil(timeline.nowNs() + timeToRecoverNs());
        }
        for (Host host : hosts) {
            NodeProcess process = host.process();
            if (process != null) {
                process.audit();
                process.subscribers().values().forEach(Subscriber::checkLevel);
                process.vigil().nothingIsLeft();
                if (receipts != null) {
                    receipts.nothingWaits(process);
                }
            }
        }
        profile.count(counts);
        hosts.forEach(host -> counts.add(host.livesClass()));
        counts.add("steps", timeline.ran());
        counts.add("steps of stored logs", settings().durable() ? timeline.ran() : 0);
        counts.add("messages: published", truth.published());
    }

    /**
     * Members that forget at different times tell each other: a needless word may come at any time, the last moment included. And who walks
     * through the stored logs of many incarnations is told of one after the other.
     */
    private boolean isToldYet() {
        long pauseNs = settings().reloadIntervalNs()
                + settings().reloadJitterNs()
                + settings().reloadBackoff().maxNs();
        return timeline.nowNs() - toldNs < pauseNs || hosts.stream().anyMatch(Host::isReloading);
    }

    /** A subscription is told of gaps. */
    void isTold() {
        toldNs = timeline.nowNs();
    }

    /** M4: two clusters become one by themselves, unless a node of one of them only warns; then people restart one. */
    private void becomeOneCluster() {
        if (profile.clusters() && !areOneWithin(profile.toBecomeOneNs())) {
            trace("*", () -> "there are still " + clusters.living());
            if (!clusters.aNodeWarns()) {
                throw new Violation("M4: there are still " + clusters.living());
            }
            faults.restartAllBut(clusters.largest(clusters.living()));
            if (!areOneWithin(20 * Profile.SECOND)) {
                throw new Violation(
                        "M4: people have restarted all but one cluster, and there are still " + clusters.living());
            }
        }
    }

    private boolean areOneWithin(long withinNs) {
        long untilNs = timeline.nowNs() + withinNs;
        while (timeline.nowNs() < untilNs
                && !(faults.nobodyIsComing() && clusters.living().size() <= 1)) {
            timeline.runUntil(timeline.nowNs() + 100 * Profile.MS);
        }
        return clusters.living().size() <= 1;
    }

    /** The host at this address. */
    Host hostAt(String address) {
        return hosts.stream().filter(host -> host.isAt(address)).findFirst().orElseThrow();
    }

    /** G6: what recovery may take once the last fault is over, a member's removal and the slowest reload included. */
    long timeToRecoverNs() {
        return 3 * settings().heartbeatNs()
                + 2 * settings().registerBackoff().maxNs()
                + (settings().durable()
                        ? settings().durableReturnNs()
                        : settings().producerReturnNs())
                + settings().reloadBackoff().maxNs()
                + settings().reloadIntervalNs()
                + settings().reloadJitterNs()
                + 10 * Profile.SECOND;
    }

    private void auditSometimes() {
        timeline.after(Profile.SECOND, () -> {
            for (Host host : hosts) {
                NodeProcess process = host.process();
                if (process != null) {
                    process.audit();
                }
            }
            auditSometimes();
        });
    }

    /** A process starts at this address, unless one is there. */
    void start(Host host) {
        if (host.isUp()) {
            return;
        }
        long uid = random.nextLong();
        boolean drifts = profile.faults() && random.nextInt(4) == 0;
        host.driftPerMille(drifts ? random.nextInt(101) - 50 : 0);
        if (drifts) {
            counts.add("fault: clock drift");
        }
        everyUid.put(uid, host);
        names.started(host, uid, host.begin(uid));
        truth.address(uid, host.addressOf(uid));
        if (settings().durable()) {
            host.disk().starts(uid);
        }
        NodeProcess process = new NodeProcess(this, host, uid);
        host.process(process);
        trace(host, () -> "starts as " + name(uid));
        if (!host.isAtSameAddressAsBefore()) {
            network.dropTo(host);
        }
        network.listen(host, process::receive);
        workload.started(process);
        timeline.after(100 * Profile.MS + random.nextLong(Profile.SECOND), () -> {
            if (!process.isDead()) {
                clusters.join(process);
            }
        });
    }

    /** It ends there and then. */
    void stop(NodeProcess process) {
        process.die();
        clusters.ended(process);
        process.host().process(null);
        network.silence(process.host());
    }

    /** Writes into the trace who is there, and what it knows. */
    void describe() {
        hosts.stream()
                .map(Host::process)
                .filter(Objects::nonNull)
                .forEach(process -> process.describe().forEach(line -> trace(process.host(), () -> line)));
    }

    Host hostOf(long uid) {
        return Objects.requireNonNull(everyUid.get(uid));
    }

    long nodesUp() {
        return hosts.stream().filter(Host::isUp).count();
    }

    String name(long uid) {
        return names.of(uid);
    }

    @Override
    public void count(String what, long howOften) {
        counts.add(what, howOften);
    }

    @Override
    public void trace(Object who, Supplier<String> what) {
        trace.add(who, what);
    }

    TopicSettings settings() {
        return profile.settings();
    }

    Timeline timeline() {
        return timeline;
    }

    Names names() {
        return names;
    }

    Messages messages() {
        return messages;
    }

    Counts counts() {
        return counts;
    }

    boolean sourcesClaim() {
        return sourcesClaim;
    }

    boolean publishesToMany() {
        return publishesToMany;
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

    Clusters clusters() {
        return clusters;
    }

    FaultChains chains() {
        return chains;
    }

    Faults faults() {
        return faults;
    }

    ScheduledWork workload() {
        return workload;
    }

    @Nullable Repeats repeats() {
        return repeats;
    }

    @Nullable Receipts receipts() {
        return receipts;
    }

    List<Host> hosts() {
        return hosts;
    }
}
