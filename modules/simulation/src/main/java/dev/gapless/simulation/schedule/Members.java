package dev.gapless.simulation.schedule;

import dev.gapless.simulation.oracle.Truth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A cluster's membership. Everybody learns of each member's changes in their order, each in its own time; of different
 * members' changes in any order unless news come in order, so that views contradict each other for a while. Of two incarnations at
 * one address the later one appears after the earlier, and possibly before its removal. An incarnation is seen joining first, and then
 * up; of one that has gone meanwhile some never see that it was up. Nobody is up before all others have seen it joining: so are Pekko's
 * members.
 */
final class Members {
    private final Clusters clusters;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final Profile profile;
    private final Truth truth;
    private final Counts counts;
    private final int index;
    private int newest;
    private final Map<Long, Host> present = new LinkedHashMap<>();
    private final Map<NodeProcess, News> observers = new LinkedHashMap<>();

    /** When an observer learned of things last. */
    private static final class News {
        long hearsNs;
        long lastNs;
        final Map<Long, Long> lastOf = new LinkedHashMap<>();
        final Map<String, Long> appearedAt = new LinkedHashMap<>();
    }

    /** @param index counts from 1 */
    Members(Clusters clusters, Schedule schedule, RandomGenerator random, Truth truth, int index) {
        this.clusters = clusters;
        this.timeline = schedule.timeline();
        this.random = random;
        this.profile = schedule.profile();
        this.truth = truth;
        this.counts = schedule.counts();
        this.index = index;
    }

    /** Of the next process that joins. */
    int nextNumber() {
        return ++newest;
    }

    /** How many members there are that live. */
    int size() {
        return (int)
                observers.keySet().stream().filter(process -> !process.isDead()).count();
    }

    Set<Long> uids() {
        return Set.copyOf(present.keySet());
    }

    List<Host> hosts() {
        return observers.keySet().stream().map(NodeProcess::host).toList();
    }

    /** A process that has started joins: it learns of everybody, and everybody of it. */
    void join(NodeProcess process) {
        for (Map.Entry<Long, Host> member : List.copyOf(present.entrySet())) {
            if (isAt(member.getValue(), member.getKey(), process)) {
                remove(member.getKey());
            }
        }
        List<Map.Entry<Long, Host>> before = List.copyOf(present.entrySet());
        present.put(process.uid(), process.host());
        truth.becameMember(process.uid(), timeline.stamp());
        process.heard().joins();
        process.subscribers()
                .values()
                .forEach(subscriber -> subscriber.witness().readerJoins());
        long seenNs = 0;
        for (Map.Entry<NodeProcess, News> entry : observers.entrySet()) {
            NodeProcess observer = entry.getKey();
            News news = entry.getValue();
            String address = process.host().addressOf(process.uid());
            long notBefore = news.appearedAt.getOrDefault(address, 0L);
            long earliestNs = Math.max(timeline.nowNs(), Math.max(notBefore, earliestNs(news, process.uid())));
            RandomGenerator own = new SplittableRandom(process.uid() + observer.uid()); // nothing else depends on it
            long atNs = nextNs(news, process.uid(), notBefore) + seenUpLateNs(own);
            news.lastNs = Math.max(news.lastNs, atNs);
            news.lastOf.put(process.uid(), atNs);
            news.appearedAt.put(address, atNs);
            seenNs = Math.max(seenNs, appears(process, observer, own, earliestNs, atNs));
        }
        News news = new News();
        observers.put(process, news);
        news.hearsNs = timeline.nowNs() + delayNs();
        news.lastNs = news.hearsNs;
        long waitNs = Math.max(waitNs(), seenNs - news.hearsNs);
        timeline.at(
                news.hearsNs,
                () -> process.input(() -> {
                    before.forEach(member -> process.appeared(member.getKey(), member.getValue()));
                    if (waitNs == 0) {
                        becomesUp(process);
                    } else {
                        timeline.at(news.hearsNs + waitNs, () -> process.input(() -> becomesUp(process)));
                    }
                }));
    }

    /** It is seen joining, and then up, unless it is gone by then. {@return when it is seen joining} */
    private long appears(NodeProcess process, NodeProcess observer, RandomGenerator own, long earliestNs, long atNs) {
        long uid = process.uid();
        long joiningNs = atNs - own.nextLong(atNs - earliestNs);
        timeline.at(joiningNs, () -> observer.input(() -> observer.joining(uid, process.host())));
        boolean mayMissIt = profile.faults() && own.nextBoolean();
        timeline.at(atNs, () -> {
            if (mayMissIt && clusters.wasRemoved(uid)) {
                String what = "members: gone before it was seen up";
                counts.add(truth.hasPublished(uid) ? what + ", and had published" : what);
            } else {
                observer.input(() -> observer.appeared(uid, process.host()));
            }
        });
        return joiningNs;
    }

    /** Not so late that whoever resumes a token takes it for lost: it lives on, and comes again elsewhere (a known limit). */
    private long seenUpLateNs(RandomGenerator own) {
        boolean late = profile.slowJoins() && !profile.mixed() && own.nextInt(4) == 0;
        return late ? own.nextLong(profile.settings().producerReturnNs() / 2) : 0;
    }

    private static boolean isAt(Host host, long uid, NodeProcess process) {
        return host == process.host() && host.isOneAddress(uid, process.uid());
    }

    private static void becomesUp(NodeProcess process) {
        process.appeared(process.uid(), process.host());
        process.selfUp();
    }

    /** While a member cannot be reached nobody gets up, and hears of others who come and go. */
    private long waitNs() {
        if (!profile.slowJoins() || random.nextBoolean()) {
            return 0;
        }
        counts.add("members: up long after hearing of others");
        return random.nextLong(6 * Profile.SECOND);
    }

    void remove(long uid) {
        if (present.remove(uid) != null) {
            clusters.onRemoved(uid);
            observers.keySet().removeIf(process -> process.uid() == uid);
            tell(uid, observer -> observer.removed(uid));
        }
    }

    /** The members at these hosts and the others remove each other: the former are those of that cluster from now on. */
    void moveTo(Members other, Set<Host> moving) {
        other.newest = newest;
        present.forEach((uid, host) -> {
            if (moving.contains(host)) {
                other.present.put(uid, host);
            }
        });
        present.keySet().removeAll(other.present.keySet());
        observers.forEach((process, news) -> {
            if (moving.contains(process.host())) {
                other.observers.put(process, news);
            }
        });
        observers.keySet().removeAll(other.observers.keySet());
        other.present.keySet().forEach(uid -> tell(uid, observer -> observer.removed(uid)));
        present.keySet().forEach(uid -> other.tell(uid, observer -> observer.removed(uid)));
    }

    /** This one is found to be unreachable, or not any more. */
    void reachable(long uid, boolean reachable) {
        tell(uid, observer -> observer.reachability(uid, reachable));
    }

    private void tell(long about, Consumer<NodeProcess> what) {
        for (Map.Entry<NodeProcess, News> entry : new ArrayList<>(observers.entrySet())) {
            NodeProcess observer = entry.getKey();
            timeline.at(nextNs(entry.getValue(), about, 0), () -> observer.input(() -> what.accept(observer)));
        }
    }

    private long nextNs(News news, long about, long notBefore) {
        long earliest = Math.max(notBefore, earliestNs(news, about));
        long at = Math.max(earliest + 1, timeline.nowNs() + delayNs());
        if (at < news.lastNs) {
            counts.add("members: news overtakes that of another member");
        }
        if (at - timeline.nowNs() > Profile.SECOND) {
            counts.add("members: news late by a second and more");
        }
        news.lastNs = Math.max(news.lastNs, at);
        news.lastOf.put(about, at);
        return at;
    }

    private long earliestNs(News news, long about) {
        return profile.newsInOrder() ? news.lastNs : Math.max(news.hearsNs, news.lastOf.getOrDefault(about, 0L));
    }

    private long delayNs() {
        return Profile.MS + random.nextLong(profile.gossipNs());
    }

    @Override
    public String toString() {
        return "cluster " + index;
    }
}
