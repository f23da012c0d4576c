package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.feed.EarlierStreams;
import dev.gapless.core.feed.Stream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the logs of a topic's durable nodes have of streams of earlier incarnations, as their members said (rule D7). Not thread-safe. */
final class NodeLogs {
    /** By the members' own streams, also of those before them. Most topics never have any. */
    private Map<Epoch, NodeLog> logs = Map.of();

    /** The order that logs say: that of a stream is above what stands before it there. */
    private Map<Epoch, Long> order = Map.of();

    /**
     * What a member's log has in front of its own stream.
     *
     * @param earlier the oldest first
     * @param heads the last sequence of each
     * @param without those of earlier members that it does not have
     */
    private record NodeLog(Stream own, List<Stream> earlier, Map<Epoch, Long> heads, Set<Stream> without) {
        static NodeLog of(Stream own, List<LogIdentity.Earlier> log, String topic) {
            Map<Epoch, Long> heads = new HashMap<>();
            log.forEach(one -> heads.put(Epoch.of(one.uid(), topic), one.head()));
            List<Stream> earlier = log.stream()
                    .map(one -> Stream.of(one.uid(), topic, own.node()))
                    .toList();
            return new NodeLog(own, earlier, heads, new LinkedHashSet<>());
        }

        boolean saysTheSame(@Nullable NodeLog other) {
            return other != null && heads.equals(other.heads) && earlier.equals(other.earlier);
        }

        boolean isWithout(Stream former) {
            return former.node().equals(own.node()) && !heads.containsKey(former.epoch());
        }

        /** Has it lost that one? It forgets the oldest if there are too many: one behind those is lost. */
        boolean hasLost(Stream one, ToLongFunction<Epoch> order) {
            return earlier.size() < Limits.MOST_EARLIER_STREAMS
                    || order.applyAsLong(one.epoch())
                            > order.applyAsLong(earlier.get(0).epoch());
        }

        /** What lies in front of its own, also what it has not: that came before all that may be given. */
        List<Stream> inFront() {
            List<Stream> all = new ArrayList<>(without);
            all.addAll(earlier);
            return all;
        }
    }

    /** A member's log has these streams of earlier incarnations, the oldest first. {@return is that news?} */
    boolean add(Stream own, List<LogIdentity.Earlier> earlier, String topic, ToLongFunction<Epoch> known) {
        NodeLog log = NodeLog.of(own, earlier, topic);
        if (log.saysTheSame(logs.get(own.epoch()))) {
            return false;
        }
        logs = logs.isEmpty() ? new HashMap<>() : logs;
        order = order.isEmpty() ? new HashMap<>() : order;
        logs.put(own.epoch(), log);
        long next = Math.max(known.applyAsLong(own.epoch()), Long.MIN_VALUE + earlier.size());
        order.put(own.epoch(), next);
        for (int i = earlier.size() - 1; i >= 0; i--) {
            Epoch stream = log.earlier().get(i).epoch();
            long its = known.applyAsLong(stream);
            next = its > 0 && its < next ? its : next - 1;
            order.put(stream, next);
        }
        return true;
    }

    boolean isEmpty() {
        return logs.isEmpty();
    }

    /** Where logs have that stream; null if none has it. */
    @Nullable Long order(Epoch stream) {
        return order.get(stream);
    }

    /** Is it in a log, in front of the member's own? */
    boolean contains(Epoch stream) {
        return logs.values().stream().anyMatch(log -> log.heads().containsKey(stream));
    }

    /** What lies behind that stream in logs. */
    Set<Epoch> behind(Epoch stream) {
        Set<Epoch> behind = new HashSet<>();
        logs.forEach((own, log) -> {
            List<Epoch> epochs = log.earlier().stream().map(Stream::epoch).toList();
            int at = epochs.indexOf(stream);
            if (at >= 0) {
                behind.addAll(epochs.subList(at + 1, epochs.size()));
                behind.add(own);
            }
        });
        return behind;
    }

    /** Forgets the logs of those of which nothing else is known. */
    void forget(Predicate<Epoch> isUnknown) {
        if (logs.keySet().removeIf(isUnknown)) {
            order.keySet().removeIf(epoch -> isUnknown.test(epoch) && !contains(epoch));
        }
    }

    /**
     * What any thread may know of the streams that have no member any more.
     *
     * @param members the streams of members
     * @param former those of durable members that were removed: what a member's log does not have of them it has lost, or forgotten
     * @param known by what streams came one after the other
     */
    EarlierStreams view(Set<Epoch> members, Collection<Stream> former, ToLongFunction<Epoch> known) {
        Map<Epoch, List<Stream>> inFront = new HashMap<>();
        Map<Epoch, Long> heads = new HashMap<>();
        logs.forEach((own, log) -> {
            if (members.contains(own)) {
                former.stream().filter(log::isWithout).forEach(log.without()::add);
            }
            inFront.put(own, log.inFront());
            log.heads().forEach((stream, head) -> heads.merge(stream, head, Math::min));
            log.without().forEach(one -> {
                long head = log.hasLost(one, known) ? 0 : Long.MAX_VALUE;
                heads.merge(one.epoch(), head, Math::min);
            });
        });
        heads.keySet().removeAll(members);
        return new EarlierStreams(inFront, heads);
    }
}
