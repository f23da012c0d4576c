package dev.gapless.simulation.explore;

import dev.gapless.core.CursorToken;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Observer;
import dev.gapless.simulation.oracle.Oracle;
import dev.gapless.simulation.oracle.Truth;
import dev.gapless.simulation.oracle.Violation;
import dev.gapless.simulation.oracle.Witness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A few nodes in one state, and what may happen to them next. Whoever wants to see a state again begins anew and does the
 * same things: nothing is random, and no clock runs.
 */
final class ExploredWorld {
    /** All that is published is published at once: start times are no part of this. */
    static final long NOW_MS = 1_700_000_000_000L;

    private static final String PORT = ":2551";

    private static final Observer NOBODY = new Observer() {
        @Override
        public void count(String what, long howOften) {}

        @Override
        public void trace(Object who, Supplier<String> what) {}
    };

    /** Stands where there is no stranger: two for each host. */
    private static final List<Object> NOTHING =
            Stream.generate(Object::new).limit(2 * Integer.SIZE).toList();

    private final Configuration configuration;
    private final Truth truth = new Truth();
    private final Oracle oracle;
    private final List<Host> hosts = new ArrayList<>();
    /** What is under way, by sender and receiver. */
    private final List<List<ArrayDeque<Object>>> links = new ArrayList<>();
    /** What arrives before anything else happens. */
    private final ArrayDeque<Direct> direct = new ArrayDeque<>();
    /** The hosts of the members' incarnations. */
    private final Map<Long, Integer> members = new TreeMap<>();
    /** The same of those that join, and are no members yet. */
    private final Map<Long, Integer> joining = new TreeMap<>();

    /** Those of the nodes by their names, if what is published is stored. */
    private final Map<String, ExploredStore> stores = new TreeMap<>();

    private final List<Taken> tokens = new ArrayList<>();
    private final int[] budget;
    private long subscriptions;
    private long stamps;
    /** By so much the clock of one of two clusters is ahead. */
    private long lead;
    /** Something happened since {@link #untouch} to the incarnations at these hosts, one bit each. */
    private int touched;

    /** An address, and who lives there. */
    private static final class Host {
        final Configuration.Host plan;

        @Nullable ExploredNode incarnation;

        int incarnations;
        int publishesLeft;
        /** Whoever lives here was removed, and does not know: nothing that it sends arrives, nor does anything come here. */
        boolean cutOff;

        Host(Configuration.Host plan) {
            this.plan = plan;
            this.publishesLeft = plan.publishes();
        }

        boolean hasTheNameOf(Host other) {
            return plan.name().equals(other.plan.name());
        }

        /** Who is cut off may never be answered. */
        boolean hasAPublisherThatWaits() {
            ProducerState producer =
                    incarnation == null ? null : incarnation.node().producer();
            return producer != null && producer.log().waiting() > 0 && !cutOff;
        }

        boolean hasAnOpenLog() {
            return incarnation != null && incarnation.openLog() != null && !cutOff;
        }
    }

    private record Direct(int to, Object message) {}

    /** Stands for a message. */
    enum Word {
        /** Who gave way is to leave. */
        LEAVES,
        STORE_IS_OPEN,
        /** Another one has its store. */
        ENDS
    }

    /** A token, what had been given and announced when it was taken, and which incarnations its taker had heard of. */
    private record Taken(CursorToken token, Witness witness, Heard taker, long stamp) {}

    private ExploredWorld(Configuration configuration) {
        this.configuration = configuration;
        this.oracle = new Oracle(truth, configuration.settings(), true, NOBODY);
        this.budget = new int[Kind.values().length];
        for (Kind kind : Kind.values()) {
            budget[kind.index()] = configuration.budgetOf(kind);
        }
        for (Configuration.Host plan : configuration.hosts()) {
            hosts.add(new Host(plan));
            truth.node(plan.name());
            if (configuration.isDurable()) {
                stores.computeIfAbsent(plan.name(), name -> new ExploredStore(name, truth));
            }
            List<ArrayDeque<Object>> out = new ArrayList<>();
            configuration.hosts().forEach(to -> out.add(new ArrayDeque<>()));
            links.add(out);
        }
        begin();
    }

    private void begin() {
        List<ExploredNode> present = new ArrayList<>();
        for (int h = 0; h < hosts.size(); h++) {
            if (hosts.get(h).plan.present()) {
                present.add(born(h));
                becomesMember(hosts.get(h));
            }
        }
        for (ExploredNode incarnation : present) {
            meets(incarnation);
            incarnation.becomeUp();
        }
        for (int h = 0; h < hosts.size(); h++) {
            subscribeAtFirst(hosts.get(h));
        }
        arrive();
    }

    /** In the first state: as it begins if that is cold, else when everybody has registered and is ready. */
    static ExploredWorld first(Configuration configuration) {
        ExploredWorld world = new ExploredWorld(configuration);
        for (int next = world.next(); next >= 0 && !configuration.cold(); next = world.next()) {
            world.perform(next);
        }
        return world;
    }

    private void subscribeAtFirst(Host host) {
        if (host.incarnation != null) {
            for (int i = 0; i < host.plan.subscriptions(); i++) {
                long id = ++subscriptions;
                host.incarnation.subscribe(new Opening.Latest(), Witness.latest(id));
            }
        }
    }

    /** Something that the protocol does by itself before all are ready, or -1. It waits only for stores, since who asks before they are open asks again. */
    private int next() {
        Actions enabled = enabled();
        int timer = -1;
        for (int i = 0; i < enabled.size(); i++) {
            Kind kind = Kind.of(enabled.get(i));
            if (kind == Kind.TIMER) {
                timer = configuration.isDurable() && !isLevel() ? enabled.get(i) : -1;
            } else if (kind.whose == Kind.Whose.PROTOCOL && kind != Kind.RETURN) {
                return enabled.get(i);
            }
        }
        return timer;
    }

    private ExploredNode born(int h) {
        Host host = hosts.get(h);
        long uid = (h + 1) * 100L + ++host.incarnations;
        ExploredNode incarnation = new ExploredNode(this, h, host.plan.name(), uid);
        host.incarnation = incarnation;
        if (configuration.isDurable()) {
            store(h).begins(uid);
        }
        touch(h);
        return incarnation;
    }

    /** It hears of the members of its cluster. */
    private void meets(ExploredNode incarnation) {
        members.forEach((uid, at) -> {
            if (!configuration.isApart() || at == incarnation.host()) {
                incarnation.appeared(uid, address(at));
            }
        });
    }

    private void becomesMember(Host host) {
        ExploredNode incarnation = Objects.requireNonNull(host.incarnation);
        members.put(incarnation.node().uid(), incarnation.host());
        truth.becameMember(incarnation.node().uid(), stamp());
        incarnation.heard().joins();
    }

    Configuration configuration() {
        return configuration;
    }

    Truth truth() {
        return truth;
    }

    Oracle oracle() {
        return oracle;
    }

    long stamp() {
        return ++stamps;
    }

    /** Hosts of one name have others, since incarnations may be there at the same time. */
    private String address(int host) {
        return hosts.get(host).plan.name() + (isFirstOfItsName(host) ? PORT : PORT + host);
    }

    private boolean isFirstOfItsName(int host) {
        return hosts.stream().limit(host).noneMatch(hosts.get(host)::hasTheNameOf);
    }

    ExploredStore store(int host) {
        return Objects.requireNonNull(stores.get(hosts.get(host).plan.name()));
    }

    private ExploredNode incarnation(int host) {
        touch(host);
        return Objects.requireNonNull(hosts.get(host).incarnation);
    }

    // ------------------------------------------------------------------ its parts

    /** How many hosts there are. */
    int size() {
        return hosts.size();
    }

    /** Who lives there. */
    @Nullable ExploredNode incarnationAt(int host) {
        return hosts.get(host).incarnation;
    }

    private void touch(int host) {
        touched |= 1 << host;
    }

    private void touchAll() {
        touched = -1;
    }

    boolean isTouched(int host) {
        return (touched >>> host & 1) != 0;
    }

    void untouch() {
        touched = 0;
    }

    /**
     * What does not belong to the incarnation at this host, or to the world without its incarnations if that is -1, although it can be
     * reached from there. Always as many, and each in its place.
     */
    void forEachStranger(int of, Consumer<Object> visit) {
        visit.accept(of < 0 ? NOBODY : this);
        for (int host = 0; host < hosts.size(); host++) {
            ExploredNode incarnation = hosts.get(host).incarnation;
            visit.accept(incarnation == null || host == of ? NOTHING.get(2 * host) : incarnation);
            visit.accept(incarnation == null || host == of ? NOTHING.get(2 * host + 1) : incarnation.heard());
        }
    }

    static int hostOf(long uid) {
        return (int) (uid / 100) - 1;
    }

    boolean isAlive(long uid) {
        return members.containsKey(uid);
    }

    /** How the node at this host looks for other clusters: all hosts are its seed nodes. */
    @Nullable OtherClusterSettings otherClusters(int host) {
        if (!configuration.isApart()) {
            return null;
        }
        Set<String> seeds = new TreeSet<>();
        for (int seed = 0; seed < configuration.hosts().size(); seed++) {
            seeds.add(configuration.hosts().get(seed).name() + PORT);
        }
        return new OtherClusterSettings("explored", address(host), seeds, true, configuration.graceNs());
    }

    // ------------------------------------------------------------------ the network

    /** To whoever lives at this address. */
    void sendTo(int from, String address, Object message) {
        for (int to = 0; to < hosts.size(); to++) {
            if (address(to).equals(address) && hosts.get(to).incarnation != null) {
                post(from, to, message, configuration.isDirect(from, to));
            }
        }
    }

    void tellSoon(int host, Word word) {
        direct.add(new Direct(host, word));
    }

    void send(int from, long toUid, Object message) {
        int to = hostOf(toUid);
        boolean atOnce = configuration.isDirect(from, to)
                || (message instanceof Hello && !hosts.get(from).plan.silent())
                || message instanceof AskHistory // what members remember they tell each other at once
                || message instanceof HistoryPart;
        post(from, to, message, atOnce);
    }

    private void post(int from, int to, Object message, boolean atOnce) {
        if (from != to && (hosts.get(from).cutOff || hosts.get(to).cutOff)) {
            return;
        } else if (atOnce) {
            direct.add(new Direct(to, message));
        } else {
            link(from, to).add(message);
        }
    }

    private void arrive() {
        for (Direct next = direct.poll(); next != null; next = direct.poll()) {
            receive(next.to, next.message);
        }
        if (configuration.readsAtOnce()) {
            hosts.stream()
                    .map(host -> host.incarnation)
                    .filter(Objects::nonNull)
                    .forEach(this::readAll);
        }
    }

    private void readAll(ExploredNode incarnation) {
        boolean read = false;
        for (Map.Entry<Long, Reader> entry : incarnation.readers().entrySet()) {
            while (entry.getValue().canRead() && entry.getValue().isReading()) {
                touch(incarnation.host());
                incarnation.read(entry.getKey());
                read = true;
            }
        }
        if (read) {
            arrive();
        }
    }

    private void receive(int to, Object message) {
        ExploredNode incarnation = hosts.get(to).incarnation;
        if (incarnation != null) {
            touch(to);
            if (message instanceof ExploredNode.News news) {
                incarnation.learn(news);
            } else if (message == Word.LEAVES) {
                incarnation.leave();
            } else if (message == Word.STORE_IS_OPEN) {
                incarnation
                        .node()
                        .storeOpened(store(to).generationOf(incarnation.node().uid()));
            } else if (message == Word.ENDS) {
                end(Kind.CRASH, to);
            } else {
                incarnation.receive(message);
            }
        }
    }

    private ArrayDeque<Object> link(int from, int to) {
        return links.get(from).get(to);
    }

    private void reset(int one, int other) {
        link(one, other).clear();
        link(other, one).clear();
    }

    private boolean isQuiet(int host, ExploredNode incarnation) {
        boolean quiet = !incarnation.wantsToFlush()
                && incarnation.news().isEmpty()
                && !(configuration.isDurable()
                        && store(host).isWanted(incarnation.node().uid()));
        for (int other = 0; other < hosts.size(); other++) {
            quiet &= link(host, other).isEmpty() && link(other, host).isEmpty();
        }
        return quiet;
    }

    // ------------------------------------------------------------------ what may happen

    /** Everything that may happen now. */
    Actions enabled() {
        Actions all = new Actions();
        for (int x = 0; x < hosts.size(); x++) {
            for (int y = 0; y < hosts.size(); y++) {
                if (!link(x, y).isEmpty()) {
                    all.add(Kind.DELIVER.at(x, y));
                    addIf(all, Kind.LOSE, x, y);
                }
                if (x < y && !(link(x, y).isEmpty() && link(y, x).isEmpty())) {
                    addIf(all, Kind.RESET, x, y);
                }
            }
            Host host = hosts.get(x);
            if (configuration.isDurable()) {
                store(all, x);
            }
            if (host.incarnation == null) {
                dead(all, x);
            } else {
                node(all, x, host, host.incarnation);
                application(all, x, host, host.incarnation);
            }
        }
        return all;
    }

    private void addIf(Actions all, Kind kind, int x, int y) {
        if (budget[kind.index()] > 0) {
            all.add(kind.at(x, y));
        }
    }

    private void ifMay(Actions all, Kind kind, int x, int y) {
        if (hosts.get(x).plan.may().contains(kind)) {
            addIf(all, kind, x, y);
        }
    }

    private void dead(Actions all, int x) {
        if (members.containsValue(x) || joining.containsValue(x)) {
            all.add(Kind.REMOVE.at(x, 0));
        }
        ifMay(all, Kind.START, x, 0);
        if (hosts.get(x).plan.may().contains(Kind.RETURN) && lives(x) == 1) {
            all.add(Kind.RETURN.at(x, 0));
        }
    }

    /** How many incarnations of its name there were. */
    private int lives(int x) {
        return hosts.stream()
                .filter(hosts.get(x)::hasTheNameOf)
                .mapToInt(host -> host.incarnations)
                .sum();
    }

    private void store(Actions all, int x) {
        ExploredNode incarnation = hosts.get(x).incarnation;
        ExploredStore store = store(x);
        if (incarnation != null && store.isWanted(incarnation.node().uid())) {
            all.add(Kind.STORE.at(x, 0));
            if (store.isToWrite(incarnation.node().uid())) {
                ifMay(all, Kind.DOUBT, x, 0);
                ifMay(all, Kind.DOUBT, x, 1);
            }
        }
        for (int y = 0; y < store.adrift() && isFirstOfItsName(x); y++) {
            ifMay(all, Kind.LATE, x, y);
        }
    }

    private void node(Actions all, int x, Host host, ExploredNode incarnation) {
        if (incarnation.wantsToFlush()) {
            all.add(Kind.FLUSH.at(x, 0));
        }
        if (joining.containsKey(incarnation.node().uid()) && isSeenJoining(incarnation)) {
            all.add(Kind.UP.at(x, 0));
        }
        boolean quiet = isQuiet(x, incarnation);
        if (incarnation.hasTimer()) {
            if (quiet && !isAhead(x) && !waitsForALog(x)) {
                all.add(Kind.TIMER.at(x, 0));
            } else {
                ifMay(all, Kind.EARLY, x, 0);
            }
        }
        for (int i = 0; i < incarnation.news().size(); i++) {
            if (incarnation.isNext(i)) {
                all.add(Kind.NEWS.at(x, i));
            }
        }
        if (incarnation.node().isDrained()) {
            all.add(Kind.END.at(x, 0));
        }
        for (int y = 0; y < hosts.size(); y++) {
            ExploredNode other = hosts.get(y).incarnation;
            if (y == x || other == null) {
                continue;
            }
            if (incarnation.forgottenBy().contains(other.node().uid())) {
                all.add(Kind.SILENCE.at(x, y));
            }
            if (quiet && incarnation.strangers().contains(other.node().uid())) {
                all.add(Kind.GREET.at(x, y));
            }
            if (incarnation.node().consumer() != null && host.plan.subscriptions() > 0) {
                ifMay(all, Kind.SUSPECT, x, y);
            }
            if (incarnation.node().producer() != null && other.node().consumer() != null) {
                ifMay(all, Kind.FORGET, x, y);
            }
        }
        ifMay(all, Kind.CRASH, x, 0);
        ifMay(all, Kind.RESTART, x, 0);
    }

    /** Clusters of their own wait for each other's clocks. */
    private boolean isAhead(int x) {
        return configuration.isApart() && (x == 0 ? lead > 0 : lead < 0);
    }

    /** Who asks a log before it is open is not answered, and asks again: that is left out. */
    private boolean waitsForALog(int x) {
        return configuration.isDurable()
                && hosts.stream()
                        .filter(host -> !host.hasTheNameOf(hosts.get(x)))
                        .anyMatch(host ->
                                hosts.stream().filter(host::hasTheNameOf).noneMatch(Host::hasAnOpenLog));
    }

    /** How far the clock of the first host is ahead of the second one's, where both are clusters of their own. */
    private long lead() {
        ExploredNode first = hosts.get(0).incarnation;
        ExploredNode second = hosts.get(1).incarnation;
        return first == null || second == null || !configuration.isApart() ? 0 : first.nowNs() - second.nowNs();
    }

    private boolean isSeenJoining(ExploredNode newcomer) {
        return hosts.stream()
                .map(host -> host.incarnation)
                .filter(Objects::nonNull)
                .noneMatch(incarnation ->
                        incarnation.isToSeeJoining(newcomer.node().uid()));
    }

    private void application(Actions all, int x, Host host, ExploredNode incarnation) {
        if (incarnation.node().isLeaving()) {
            return;
        }
        if (host.publishesLeft > 0) {
            all.add(Kind.PUBLISH.at(x, 0));
        }
        incarnation.readers().forEach((id, reader) -> {
            int y = id.intValue();
            if (reader.isReloading()) {
                all.add(Kind.RELOADED.at(x, y));
                addIf(all, Kind.RELOAD_FAILS, x, y);
            } else if (reader.canRead()) {
                all.add(Kind.READ.at(x, y));
            }
            if (configuration.readsAtOnce() && reader.isReading()) {
                addIf(all, Kind.STALL, x, y);
            }
            ifMay(all, Kind.TAKE, x, y);
            ifMay(all, Kind.STOP, x, y);
            ifMay(all, Kind.CLOSE, x, y);
        });
        for (int y = 0; y < tokens.size(); y++) {
            ifMay(all, Kind.RESUME, x, y);
        }
        for (int y = 0; y < Configuration.OPENINGS.size(); y++) {
            ifMay(all, Kind.OPEN, x, y);
        }
        ifMay(all, Kind.LEAVE, x, 0);
    }

    // ------------------------------------------------------------------ making it happen

    /** One of those that {@link #enabled} gave. Throws what is found to be wrong. */
    void perform(int action) {
        Kind kind = Kind.of(action);
        int x = Kind.x(action);
        int y = Kind.y(action);
        if (kind.isBudgeted()) {
            budget[kind.index()]--;
        }
        switch (kind) {
            case DELIVER -> receive(y, link(x, y).remove());
            case LOSE -> link(x, y).remove();
            case RESET -> reset(x, y);
            case FLUSH -> incarnation(x).flush();
            case TIMER, EARLY -> incarnation(x).timer();
            case READ -> incarnation(x).read(y);
            case STALL -> incarnation(x).reader(y).stall();
            case RELOADED -> incarnation(x).reader(y).reloaded();
            case RELOAD_FAILS -> incarnation(x).reader(y).reloadFails();
            case NEWS -> incarnation(x).learn(incarnation(x).news().remove(y));
            case UP -> up(x);
            case REMOVE, END, CRASH -> end(kind, x);
            case SILENCE, SUSPECT -> incarnation(x).silent(incarnation(y).node().uid());
            case GREET -> incarnation(x).greetAgain();
            case FORGET -> {
                reset(x, y);
                incarnation(x).node().forget(incarnation(y).node().uid());
                incarnation(y).forgottenBy().add(incarnation(x).node().uid());
            }
            case PUBLISH -> {
                hosts.get(x).publishesLeft--;
                incarnation(x).publish();
                if (configuration.prompt()) {
                    incarnation(x).flush();
                }
            }
            case START, RETURN -> start(x);
            case RESTART -> {
                end(Kind.CRASH, x);
                start(x);
            }
            case LEAVE -> incarnation(x).leave();
            case STORE -> {
                ExploredNode incarnation = incarnation(x);
                incarnation.node().onStore(store(x).answer(incarnation.node().uid()));
            }
            case DOUBT -> {
                ExploredNode incarnation = incarnation(x);
                StoreAnswer failed = store(x).setAdrift(incarnation.node().uid());
                if (y == 0) {
                    incarnation.node().onStore(failed);
                }
            }
            case LATE -> store(x).storeAdrift(y);
            case OPEN, CLOSE, TAKE, STOP, RESUME -> subscriptions(kind, x, y);
        }
        lead = lead();
        arrive();
    }

    private void end(Kind kind, int x) {
        if (kind != Kind.REMOVE) {
            if (configuration.isDurable()) {
                store(x).forget(incarnation(x).node().uid());
            }
            hosts.get(x).incarnation = null;
            touchAll(); // what they know of it is theirs from now on
        }
        if (kind != Kind.CRASH || configuration.isApart()) {
            removeAt(x);
        }
    }

    private void removeAt(int x) {
        List<Long> gone = new ArrayList<>();
        for (Map<Long, Integer> of : List.of(members, joining)) {
            of.forEach((uid, at) -> {
                if (at == x) {
                    gone.add(uid);
                }
            });
        }
        gone.forEach(this::remove);
    }

    private void remove(long uid) {
        members.remove(uid);
        joining.remove(uid);
        truth.onMemberGone(uid);
        tell(new ExploredNode.News(uid, "", ExploredNode.Becomes.REMOVED));
    }

    private void tell(ExploredNode.News news) {
        for (Host host : hosts) {
            if (!configuration.isApart()
                    && !host.cutOff
                    && host.incarnation != null
                    && host.incarnation.node().uid() != news.uid()) {
                tell(host, host.incarnation, news);
            }
        }
    }

    private void tell(Host host, ExploredNode incarnation, ExploredNode.News news) {
        if (host.plan.near()) {
            direct.add(new Direct(incarnation.host(), news));
        } else {
            touch(incarnation.host());
            incarnation.news().add(news);
        }
    }

    /** Another one of its name is no member any more by then, and may live on. */
    private void start(int x) {
        for (int host = 0; host < hosts.size(); host++) {
            if (hosts.get(host).hasTheNameOf(hosts.get(x))) {
                hosts.get(host).cutOff = hosts.get(host).incarnation != null;
                removeAt(host);
            }
        }
        ExploredNode incarnation = born(x);
        long uid = incarnation.node().uid();
        if (configuration.joining()) {
            joining.put(uid, x);
            tell(new ExploredNode.News(uid, address(x), ExploredNode.Becomes.JOINING));
        } else {
            becomesMember(hosts.get(x));
            tell(new ExploredNode.News(uid, address(x), ExploredNode.Becomes.UP));
        }
        meets(incarnation);
        if (!configuration.joining()) {
            incarnation.becomeUp();
        }
        if (hosts.get(x).incarnations == 1) {
            subscribeAtFirst(hosts.get(x));
        }
    }

    /** It hears so itself like the others. */
    private void up(int x) {
        Host host = hosts.get(x);
        ExploredNode incarnation = incarnation(x);
        long uid = incarnation.node().uid();
        joining.remove(uid);
        becomesMember(host);
        ExploredNode.News news = new ExploredNode.News(uid, address(x), ExploredNode.Becomes.UP);
        tell(news);
        tell(host, incarnation, news);
    }

    private void subscriptions(Kind kind, int x, int y) {
        ExploredNode incarnation = incarnation(x);
        if (kind == Kind.OPEN) {
            Opening how = Configuration.OPENINGS.get(y);
            long id = ++subscriptions;
            incarnation.subscribe(how, how instanceof Opening.Earliest ? Witness.earliest(id) : Witness.latest(id));
        } else if (kind == Kind.CLOSE) {
            incarnation.unsubscribe(y);
        } else if (kind == Kind.TAKE || kind == Kind.STOP) {
            Reader reader = incarnation.reader(y);
            tokens.add(new Taken(reader.token(), reader.witness().kept(), incarnation.heard(), stamp()));
            if (kind == Kind.STOP) {
                incarnation.unsubscribe(y);
            }
        } else {
            Taken taken = tokens.get(y);
            Witness.Handover handover = new Witness.Handover(taken.taker, taken.stamp, incarnation.heard(), stamp());
            incarnation.subscribe(new Opening.Resume(taken.token), taken.witness.resumed(++subscriptions, handover));
        }
    }

    // ------------------------------------------------------------------ judging

    /** What holds in every state: bounds, and nobody found a hole by himself. */
    void audit() {
        for (Host host : hosts) {
            ExploredNode incarnation = host.incarnation;
            if (incarnation == null) {
                continue;
            }
            incarnation.readers().values().forEach(Reader::audit);
            if (incarnation.node().producer() != null) {
                Log log = incarnation.node().producer().log();
                oracle.checkBounds("ring of " + host.plan.name(), log);
            }
            Log stored = incarnation.openLog();
            if (stored != null && !host.cutOff) {
                checkHasWhatWasAccepted(host.plan.name(), stored);
            }
            if (incarnation.node().consumer() != null) {
                ConsumerMeasures kept = incarnation.node().consumer().measures();
                oracle.checkBounds(
                        "feed of " + host.plan.name(), kept.cacheMessages(), kept.cacheBytes(), hosts.size(), 0);
            }
        }
    }

    /** D4: a log has all that earlier incarnations have told publishers to be published, however late. */
    private void checkHasWhatWasAccepted(String name, Log log) {
        for (Truth.Incarnation incarnation : truth.incarnations(name)) {
            LogPart part = log.parts().get(incarnation.epoch);
            long last = part == null ? 0 : part.sequence(part.head(log.head()));
            if (incarnation.known() > last) {
                throw new Violation("D4: up to " + incarnation.known() + " of " + incarnation
                        + " is published, and the log has " + last);
            }
        }
    }

    /** Has every subscription got, or was told of, everything, and every publisher its answer? */
    boolean isLevel() {
        try {
            for (Host host : hosts) {
                if (host.incarnation != null) {
                    host.incarnation.readers().values().forEach(reader -> oracle.checkLevel(reader.witness()));
                }
            }
            return !configuration.isDurable() || hosts.stream().noneMatch(Host::hasAPublisherThatWaits);
        } catch (Violation notLevel) {
            return false;
        }
    }

    String describe(int action) {
        Kind kind = Kind.of(action);
        int x = Kind.x(action);
        int y = Kind.y(action);
        String at = kind + " " + hosts.get(x).plan.name();
        return switch (kind) {
            case DELIVER, LOSE ->
                at + "→" + hosts.get(y).plan.name() + " " + link(x, y).peek();
            case RESET, SILENCE, SUSPECT, FORGET, GREET ->
                at + " " + hosts.get(y).plan.name();
            case READ, STALL, RELOADED, RELOAD_FAILS, TAKE, STOP, CLOSE -> at + " s" + y;
            case NEWS -> at + " " + incarnation(x).news().get(y);
            case STORE, DOUBT ->
                at
                        + (y == 0 ? " " : " without an answer ")
                        + store(x).wanted(incarnation(x).node().uid());
            case LATE -> at + " " + store(x).adrift(y);
            case OPEN -> at + " " + Configuration.OPENINGS.get(y);
            case RESUME -> at + " " + tokens.get(y).token.positions();
            default -> at;
        };
    }

    /** Where everybody stands, for people. */
    List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (Host host : hosts) {
            ExploredNode incarnation = host.incarnation;
            lines.add(host.plan.name()
                    + (incarnation == null
                            ? " is dead"
                            : " " + incarnation.node().uid()));
            if (incarnation != null && incarnation.node().producer() != null) {
                lines.add("    cursors " + incarnation.node().producer().cursors());
            }
            if (incarnation != null && incarnation.node().consumer() != null) {
                lines.add("    registrations " + incarnation.node().consumer().registrations());
                incarnation.readers().values().forEach(reader -> lines.add("    " + reader.describe()));
            }
        }
        return lines;
    }
}
