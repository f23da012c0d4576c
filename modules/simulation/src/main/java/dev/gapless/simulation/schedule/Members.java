package dev.gapless.simulation.schedule;

import dev.gapless.simulation.oracle.Truth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The cluster's membership. Everybody learns of each member's changes in their order, each in its own time; of different
 * members' changes in any order unless news come in order, so that views contradict each other for a while. Of two lives at
 * one address the later one appears after the earlier, and possibly before its removal.
 */
final class Members {
    private final Timeline timeline;
    private final RandomGenerator random;
    private final Profile profile;
    private final Truth truth;
    private final Counts counts;
    private final Map<Long, Host> present = new LinkedHashMap<>();
    private final Set<Long> removed = new HashSet<>();
    private final Map<NodeProcess, News> observers = new LinkedHashMap<>();

    /** When an observer learned of things last. */
    private static final class News {
        long hearsNs;
        long lastNs;
        final Map<Long, Long> lastOf = new LinkedHashMap<>();
        final Map<String, Long> appearedAt = new LinkedHashMap<>();
    }

    Members(Timeline timeline, RandomGenerator random, Profile profile, Truth truth, Counts counts) {
        this.timeline = timeline;
        this.random = random;
        this.profile = profile;
        this.truth = truth;
        this.counts = counts;
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
        observers.forEach((observer, news) -> {
            String address = process.host().addressOf(process.uid());
            long notBefore = news.appearedAt.getOrDefault(address, 0L);
            long atNs = nextNs(news, process.uid(), notBefore);
            news.appearedAt.put(address, atNs);
            timeline.at(atNs, () -> observer.input(() -> observer.appeared(process.uid(), process.host())));
        });
        News news = new News();
        observers.put(process, news);
        news.hearsNs = timeline.nowNs() + delayNs();
        news.lastNs = news.hearsNs;
        long waitNs = waitNs();
        timeline.at(
                news.hearsNs,
                () -> process.input(() -> {
                    before.forEach(member -> process.appeared(member.getKey(), member.getValue()));
                    if (waitNs == 0) {
                        isUp(process);
                    } else {
                        timeline.at(news.hearsNs + waitNs, () -> process.input(() -> isUp(process)));
                    }
                }));
    }

    private static boolean isAt(Host host, long uid, NodeProcess process) {
        return host == process.host() && host.isOneAddress(uid, process.uid());
    }

    private static void isUp(NodeProcess process) {
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

    /** Have the others given it up? */
    boolean wasRemoved(long uid) {
        return removed.contains(uid);
    }

    void remove(long uid) {
        if (present.remove(uid) != null) {
            removed.add(uid);
            truth.isNoMemberAnyMore(uid, timeline.stamp());
            observers.keySet().removeIf(process -> process.uid() == uid);
            tell(uid, observer -> observer.removed(uid));
        }
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
}
