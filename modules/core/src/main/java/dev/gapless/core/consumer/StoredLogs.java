package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.feed.EarlierStreams;
import dev.gapless.core.feed.Stream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What the logs of a topic's durable nodes have of streams of earlier incarnations, as their members said (rule D7). Not thread-safe. */
final class StoredLogs {
    /** By the members' own streams, also of those before them: the one that was heard of last comes last. Most topics never have any. */
    private Map<Epoch, StoredLog> logs = Map.of();

    /** By the own streams of members those of members that were removed when they said their names: these came before. */
    private Map<Epoch, Set<Epoch>> former = Map.of();

    /**
     * What a member's log has in front of its own stream.
     *
     * @param earlier the oldest first
     * @param heads the last sequence of each
     */
    private record StoredLog(Stream own, List<Stream> earlier, Map<Epoch, Long> heads) {
        static StoredLog of(Stream own, List<LogIdentity.Earlier> log, String topic) {
            Map<Epoch, Long> heads = new HashMap<>();
            log.forEach(one -> heads.put(Epoch.of(one.uid(), topic), one.head()));
            List<Stream> earlier = log.stream()
                    .map(one -> Stream.of(one.uid(), topic, own.node()))
                    .toList();
            return new StoredLog(own, earlier, heads);
        }

        /** Has it all that it ever had? Of too many it forgets those without messages first, and then the oldest (rule D5). */
        boolean isComplete() {
            return earlier.size() < Limits.MOST_EARLIER_STREAMS || heads.containsValue(0L);
        }
    }

    /** A member's log has these streams of earlier incarnations, the oldest first. {@return is that news?} */
    boolean add(Stream own, List<LogIdentity.Earlier> earlier, String topic) {
        StoredLog log = StoredLog.of(own, earlier, topic);
        if (log.equals(logs.get(own.epoch()))) {
            return false;
        }
        logs = logs.isEmpty() ? new LinkedHashMap<>() : logs;
        logs.remove(own.epoch());
        logs.put(own.epoch(), log);
        return true;
    }

    /** A member has said its name, and those had been removed. */
    void comes(Stream own, Set<Epoch> removed) {
        if (!removed.isEmpty()) {
            former = former.isEmpty() ? new HashMap<>() : former;
            former.put(own.epoch(), removed);
        }
    }

    boolean isEmpty() {
        return logs.isEmpty();
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
        if (!logs.isEmpty()) {
            logs.keySet().removeIf(isUnknown);
        }
        if (!former.isEmpty()) {
            former.keySet().removeIf(isUnknown);
        }
    }

    /**
     * What any thread may know of the streams that have no member any more.
     *
     * @param members the streams of members
     * @param inMemory those of former members that are not stored
     */
    EarlierStreams view(Set<Epoch> members, Set<Epoch> inMemory) {
        Map<Epoch, List<Stream>> earlier = new HashMap<>();
        Set<Epoch> complete = new HashSet<>();
        Map<String, StoredLog> latest = new HashMap<>();
        logs.forEach((own, log) -> {
            earlier.put(own, log.earlier());
            latest.merge(
                    log.own().node(),
                    log,
                    (before, next) -> members.contains(before.own().epoch()) ? before : next);
            if (log.isComplete()) {
                complete.add(own);
            }
        });
        Map<Epoch, Long> heads = new HashMap<>(); // what the stores have by now
        latest.values().forEach(log -> heads.putAll(log.heads()));
        heads.keySet().removeAll(members);
        Set<Epoch> before = new HashSet<>();
        latest.values()
                .forEach(log -> before.addAll(former.getOrDefault(log.own().epoch(), Set.of())));
        List<Stream> owns = latest.values().stream().map(StoredLog::own).toList();
        return new EarlierStreams(earlier, heads, owns, complete, members, before, inMemory);
    }
}
