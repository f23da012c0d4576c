package dev.gapless.simulation.scenario;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Observer;
import dev.gapless.simulation.oracle.Oracle;
import dev.gapless.simulation.oracle.Truth;
import dev.gapless.simulation.oracle.Witness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The nodes of a scenario, which of them are members, and the time. Everything stands still until a command moves it. */
final class World {
    private static final int ENOUGH = 10_000;
    /** Nobody counts, and nobody traces: the story does. */
    static final Observer NOBODY = new Observer() {
        @Override
        public void count(String what, long howOften) {}

        @Override
        public void trace(Object who, Supplier<String> what) {}
    };

    private final Story story = new Story();
    private final Names names = new Names();
    private final Truth truth = new Truth();
    private final Oracle oracle;
    private final Map<String, TopicSettings> nodes = new LinkedHashMap<>();
    /** Where processes run that publish to other topics, whether or not to this one. */
    private final Set<String> publishElsewhere = new HashSet<>();

    private final Set<String> standIns = new HashSet<>();

    private final Map<String, String> nodeAt = new LinkedHashMap<>();
    private final Map<String, String> addressInCluster = new LinkedHashMap<>();
    private final Map<String, Integer> incarnationsOf = new LinkedHashMap<>();
    private final Map<String, ScenarioNode> running = new LinkedHashMap<>();
    /** Of the cluster of which a command speaks. */
    private List<ScenarioNode> members = new ArrayList<>();

    private final List<List<ScenarioNode>> clusters = new ArrayList<>(List.of(members));
    /** In which each incarnation is a member, or was. */
    private final Map<Long, List<ScenarioNode>> clusterOf = new LinkedHashMap<>();

    /** Lives of which neither hears what the other one sends. */
    private final Set<Set<Long>> mute = new HashSet<>();

    private final Map<String, @Nullable OtherClusterSettings> others = new LinkedHashMap<>();
    /** By how much clocks are wrong. */
    private final Map<String, Long> skewsMs = new HashMap<>();

    private final Map<String, Reader> readers = new LinkedHashMap<>();
    private final Map<String, Store> stores = new LinkedHashMap<>();
    private final NameStore nameStore = new NameStore(this);
    /** By the names of their subscriptions. */
    private final Map<String, Named> named = new LinkedHashMap<>();

    private final Map<Long, String> addresses = new LinkedHashMap<>();
    private final Network network = new Network(this);
    private final Set<ScenarioNode> toFlush = new LinkedHashSet<>();
    private final Set<ScenarioNode> unsent = new HashSet<>();
    private final Set<ScenarioNode> frozen = new HashSet<>();
    /** What those have not noticed. */
    private final Map<ScenarioNode, List<Runnable>> unnoticed = new HashMap<>();

    /** Somebody told its cluster that there may be another one, which says nothing. */
    private final Set<String> shown = new HashSet<>();

    private long nowNs;
    private long stamps;

    World() {
        oracle = new Oracle(truth, Settings.of(Map.of()), true, NOBODY);
    }

    Story story() {
        return story;
    }

    Names names() {
        return names;
    }

    Truth truth() {
        return truth;
    }

    Oracle oracle() {
        return oracle;
    }

    Network network() {
        return network;
    }

    Map<String, Reader> readers() {
        return readers;
    }

    long nowNs() {
        return nowNs;
    }

    long stamp() {
        return ++stamps;
    }

    void show(String what) {
        shown.add(what);
    }

    boolean shows(String what) {
        return shown.contains(what);
    }

    // ------------------------------------------------------------------ nodes

    /** A process starts at this address, which the cluster calls so, under this name; it is no member yet. */
    void node(
            String address,
            String node,
            String inCluster,
            TopicSettings settings,
            boolean publishesElsewhere,
            @Nullable OtherClusterSettings looksForOthers) {
        set(address, settings, publishesElsewhere);
        others.put(address, looksForOthers);
        addressInCluster.put(address, inCluster);
        nodeAt.put(address, node);
        truth.node(node);
        start(address);
    }

    /** The process that starts at this address stands in for a node. */
    void standsIn(String address) {
        standIns.add(address);
    }

    /** The next process there has these settings. */
    void set(String address, TopicSettings settings, boolean publishesElsewhere) {
        nodes.put(address, settings);
        if (publishesElsewhere) {
            publishElsewhere.add(address);
        } else {
            publishElsewhere.remove(address);
        }
    }

    /** Another process starts there. */
    void start(String address) {
        if (running.containsKey(address)) {
            throw new IllegalArgumentException(address + " runs already");
        }
        String node = Objects.requireNonNull(nodeAt.get(address));
        int number = incarnationsOf.merge(node, 1, Integer::sum);
        long uid = (nodes.keySet().stream().toList().indexOf(address) + 1) * 1_000L + number;
        String name = node + "." + number;
        names.incarnation(uid, name);
        addresses.put(uid, address);
        running.put(
                address,
                new ScenarioNode(
                        this,
                        address,
                        node,
                        number,
                        uid,
                        Objects.requireNonNull(nodes.get(address)),
                        publishElsewhere.contains(address),
                        others.get(address),
                        skewsMs.getOrDefault(address, 0L)));
    }

    /** The clock there is wrong by this much: that of the process that runs, and of those that follow. */
    void skew(String address, long ms) {
        skewsMs.put(address, ms);
        incarnation(address).skew(ms);
    }

    /** The process that runs at this address ends there and then. */
    void crash(String address) {
        ScenarioNode dead = incarnation(address);
        running.remove(address);
        toFlush.remove(dead);
        subscriptionsEnd(dead);
    }

    ScenarioNode incarnation(String address) {
        ScenarioNode incarnation = running.get(address);
        if (incarnation == null) {
            throw new IllegalArgumentException("Nothing runs at " + address);
        }
        return incarnation;
    }

    /** The store of the log of the node there. */
    Store store(String address) {
        String node = nodeAt(address);
        return stores.computeIfAbsent(node, of -> new Store(this, node));
    }

    /** The store of the tokens of named subscriptions. */
    NameStore nameStore() {
        return nameStore;
    }

    void named(Named subscription) {
        named.put(subscription.subscription(), subscription);
    }

    /** Null if this subscription has no name. */
    @Nullable Named named(String subscription) {
        return named.get(subscription);
    }

    /** A later incarnation has its store. */
    void fenced(ScenarioNode incarnation) {
        if (runs(incarnation)) {
            crash(incarnation.address());
        }
    }

    /** The name of the node at this address. */
    String nodeAt(String address) {
        return Objects.requireNonNull(nodeAt.get(address));
    }

    Reader reader(String name) {
        Reader reader = readers.get(name);
        if (reader == null) {
            throw new IllegalArgumentException("There is no subscription " + name);
        }
        return reader;
    }

    /** This process does nothing at all, and notices nothing, until it goes on. */
    void freeze(String address) {
        frozen.add(incarnation(address));
    }

    void goOn(String address) {
        ScenarioNode incarnation = incarnation(address);
        frozen.remove(incarnation);
        unnoticed.getOrDefault(incarnation, List.of()).forEach(Runnable::run);
        unnoticed.remove(incarnation);
        settle();
    }

    /** What runs at this address, frozen or not, if anything does. */
    @Nullable ScenarioNode running(String address) {
        return running.get(address);
    }

    /** What runs at this address and takes part, if anything does. */
    @Nullable ScenarioNode awake(String address) {
        ScenarioNode incarnation = running.get(address);
        return incarnation == null || frozen.contains(incarnation) ? null : incarnation;
    }

    boolean isFrozen(String address) {
        return running.containsKey(address) && awake(address) == null;
    }

    /** What the cluster calls so, or null. */
    @Nullable String at(String inCluster) {
        return addressInCluster.entrySet().stream()
                .filter(address -> address.getValue().equals(inCluster))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    String addressOf(long uid) {
        return Objects.requireNonNull(addresses.get(uid));
    }

    // ------------------------------------------------------------------ members

    boolean runs(ScenarioNode incarnation) {
        return running.get(incarnation.address()) == incarnation;
    }

    /** They become members of a cluster of their own, of which commands speak from now on. */
    void form(List<String> added) {
        members = new ArrayList<>();
        clusters.add(members);
        up(added);
    }

    /** What these two send to each other is dropped, from a split on. */
    boolean areMute(long uid, long otherUid) {
        return uid != otherUid && mute.contains(Set.of(uid, otherUid));
    }

    /**
     * They and the other members remove each other, and all of them live on. Commands speak of the others.
     *
     * @param mutely whether the transport drops from now on what they send to each other, as long as both live
     */
    void split(List<String> addresses, boolean mutely) {
        List<ScenarioNode> part =
                new ArrayList<>(addresses.stream().map(this::incarnation).toList());
        members.removeAll(part);
        clusters.add(part);
        part.forEach(incarnation -> clusterOf.put(incarnation.uid(), part));
        for (ScenarioNode one : part) {
            for (ScenarioNode other : List.copyOf(members)) {
                if (mutely) {
                    mute.add(Set.of(one.uid(), other.uid()));
                }
                hearsOfTheEnd(one, other);
                hearsOfTheEnd(other, one);
            }
        }
    }

    /** From now on commands speak of the cluster that this one is a member of. */
    void at(ScenarioNode incarnation) {
        members = clusters.stream()
                .filter(cluster -> cluster.contains(incarnation))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(incarnation.name() + " is no member"));
    }

    /** What the cluster of that incarnation has to do with others: everything about them is to be told. */
    Heard.OtherClusters others(long uid) {
        return new Heard.OtherClusters() {
            @Override
            public boolean isElsewhere(long otherUid) {
                return clusterOf.containsKey(uid)
                        && clusterOf.containsKey(otherUid)
                        && clusterOf.get(uid) != clusterOf.get(otherUid);
            }

            @Override
            public long heardUntilNs(long otherUid) {
                return Long.MAX_VALUE;
            }

            @Override
            public boolean areHeardOf() {
                return clusters.size() > 1;
            }

            @Override
            public boolean isStranger(long otherUid) {
                return false;
            }
        };
    }

    /** They become members together, and are up at once. */
    void up(List<String> added) {
        List<ScenarioNode> present = List.copyOf(members);
        List<ScenarioNode> come = added.stream().map(this::incarnation).toList();
        members.addAll(come);
        for (ScenarioNode incarnation : come) {
            clusterOf.put(incarnation.uid(), members);
            truth.becameMember(incarnation.uid(), stamp());
            incarnation.heard().joins();
            present.stream().filter(this::runs).forEach(other -> appeared(other, incarnation));
            members.forEach(other -> appeared(incarnation, other));
        }
        settle();
        come.forEach(incarnation -> {
            incarnation.node().selfUp();
            settle();
        });
    }

    /** It is a member, and up by its own view; the others have seen it join, and not yet that it is up. */
    void joins(String address) {
        ScenarioNode incarnation = incarnation(address);
        String inCluster = Objects.requireNonNull(addressInCluster.get(incarnation.address()));
        members.stream().filter(this::runs).forEach(other -> other.node().joining(incarnation.uid(), inCluster));
        members.add(incarnation);
        clusterOf.put(incarnation.uid(), members);
        truth.becameMember(incarnation.uid(), stamp());
        incarnation.heard().joins();
        members.forEach(other -> appeared(incarnation, other));
        settle();
        incarnation.node().selfUp();
        settle();
    }

    /** Now the others see that it is up. */
    void seen(String address) {
        ScenarioNode incarnation = incarnation(address);
        members.stream()
                .filter(other -> other != incarnation && runs(other))
                .forEach(other -> appeared(other, incarnation));
        settle();
    }

    /** As how manieth it started. */
    private long number(ScenarioNode incarnation) {
        return incarnation.uid() % 1_000 * 1_000 + incarnation.uid() / 1_000;
    }

    private void appeared(ScenarioNode at, ScenarioNode who) {
        notices(at, () -> {
            at.heard().appeared(who.uid(), who.address());
            String inCluster = Objects.requireNonNull(addressInCluster.get(who.address()));
            at.node().appeared(who.uid(), inCluster, number(who), standIns.contains(who.address()));
        });
    }

    /** The earliest incarnation of this node that is a member is none any more, and the others hear of it. */
    void remove(String node) {
        ScenarioNode gone = members.stream()
                .filter(incarnation ->
                        incarnation.address().equals(node) || incarnation.name().equals(node))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(node + " is no member"));
        members.remove(gone);
        truth.onMemberGone(gone.uid());
        members.forEach(other -> hearsOfTheEnd(other, gone));
    }

    private void hearsOfTheEnd(ScenarioNode at, ScenarioNode gone) {
        if (runs(at)) {
            notices(at, () -> {
                at.heard().removed(gone.uid());
                at.node().removed(gone.uid());
                settle();
            });
        }
    }

    /** Who is frozen notices it only when it goes on. */
    private void notices(ScenarioNode incarnation, Runnable what) {
        if (frozen.contains(incarnation)) {
            unnoticed.computeIfAbsent(incarnation, any -> new ArrayList<>()).add(what);
        } else {
            what.run();
        }
    }

    void reachable(String address, boolean reachable) {
        members.stream()
                .filter(incarnation -> incarnation.address().equals(address))
                .forEach(incarnation -> members.stream()
                        .filter(this::runs)
                        .forEach(other -> other.node().reachability(incarnation.uid(), reachable)));
        settle();
    }

    void subscriptionsEnd(ScenarioNode incarnation) {
        readers.values().removeIf(reader -> reader.incarnation() == incarnation);
    }

    void ready(ScenarioNode incarnation, long subscription, Set<String> silent) {
        Reader reader = reader("s" + subscription);
        oracle.ready(reader.witness(), incarnation.heard());
        Named its = named.get(reader.name());
        if (its != null) {
            its.mayBeReady();
            return;
        }
        story.tell(reader.name() + " is ready" + (silent.isEmpty() ? "" : " without " + String.join(", ", silent)));
    }

    // ------------------------------------------------------------------ what happens by itself

    void wantsFlush(ScenarioNode incarnation) {
        toFlush.add(incarnation);
    }

    /** What it publishes stays in its log until {@link #flush}. */
    void keepUnsent(ScenarioNode incarnation) {
        unsent.add(incarnation);
    }

    void flush(ScenarioNode incarnation) {
        unsent.remove(incarnation);
        settle();
    }

    /** Everything that needs no command. */
    void settle() {
        boolean more = true;
        while (more) {
            more = network.deliverUnseen();
            for (Store store : List.copyOf(stores.values())) {
                more |= store.work();
            }
            more |= nameStore.work();
            for (ScenarioNode incarnation : List.copyOf(toFlush)) {
                if (!unsent.contains(incarnation)) {
                    toFlush.remove(incarnation);
                    incarnation.node().flush();
                    more = true;
                }
            }
        }
        running.values().forEach(this::audit);
        readers.values().forEach(Reader::audit);
    }

    private void audit(ScenarioNode incarnation) {
        incarnation.plan();
        if (!incarnation.drained && incarnation.node().isDrained()) {
            incarnation.drained = true;
            story.tell(incarnation.address() + " has drained");
        }
        Bounds.check(incarnation, nodes.size(), truth);
    }

    // ------------------------------------------------------------------ time

    /** Time goes on; what is sent meanwhile arrives at once, or stays under way. */
    void advance(long byNs, boolean delivering) {
        if (delivering) {
            network.deliverAll();
        }
        long beginNs = nowNs;
        long untilNs = nowNs + byNs;
        for (int i = 0; true; i++) {
            long dueNs = running.values().stream()
                    .filter(incarnation -> !frozen.contains(incarnation))
                    .mapToLong(ScenarioNode::dueNs)
                    .min()
                    .orElse(Long.MAX_VALUE);
            dueNs = Math.min(dueNs, namedDueNs());
            dueNs = delivering ? Math.min(dueNs, network.dueNs()) : dueNs;
            if (dueNs > untilNs) {
                break;
            }
            if (i > ENOUGH) {
                throw new AssertionError("It is never done with what is due");
            }
            nowNs = Math.max(nowNs, dueNs);
            story.prefix("+" + (nowNs - beginNs) / 1_000_000 + "ms ");
            for (ScenarioNode incarnation : List.copyOf(running.values())) {
                if (incarnation.dueNs() <= nowNs && !frozen.contains(incarnation)) {
                    incarnation.onTime();
                    settle();
                }
            }
            for (Named subscription : List.copyOf(named.values())) {
                if (subscription.dueNs() <= nowNs) {
                    subscription.onTime();
                    settle();
                }
            }
            if (delivering) {
                network.deliverAll();
            }
        }
        nowNs = untilNs;
        story.prefix("");
    }

    private long namedDueNs() {
        return named.values().stream().mapToLong(Named::dueNs).min().orElse(Long.MAX_VALUE);
    }

    /** A subscription that is opened now, and whose witness is this. */
    Reader open(String name, ScenarioNode incarnation, Witness witness) {
        Reader reader = new Reader(this, name, incarnation, witness);
        if (readers.put(name, reader) != null) {
            throw new IllegalArgumentException("There is a subscription " + name + " already");
        }
        return reader;
    }

    /** Its subscription is over. */
    void close(Reader reader) {
        readers.remove(reader.name());
        reader.incarnation().node().unsubscribe(reader.witness().id());
    }
}
