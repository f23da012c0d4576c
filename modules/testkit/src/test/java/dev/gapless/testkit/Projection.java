package dev.gapless.testkit;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a subscriber on a node of its own keeps, and its token: both as of one transaction. It remembers what it had before, since
 * replicas lag. One node writes a key, so a token says what the rows are that it stands for.
 */
final class Projection {
    /** So many transactions a replica may lag. */
    private static final int MOST_LAG = 6;

    /** A state of a key. */
    record Written(String key, long version, boolean deleted) {}

    /**
     * What it had once.
     *
     * @param reach how far it had each stream
     */
    record Snapshot(CursorToken token, Map<Epoch, Long> reach) {}

    private final Map<Epoch, NavigableMap<Long, Written>> published = new HashMap<>();
    /** By node, in the order in which they began. */
    private final Map<String, List<Epoch>> streams = new TreeMap<>();

    private final Set<Epoch> ended = new HashSet<>();
    private final @Nullable Subscription subscription;
    private final List<Snapshot> snapshots = new ArrayList<>();
    private int publishing;

    /** @param node where it is; null if nobody reads it */
    Projection(@Nullable TestNode node, Topic<String> topic) {
        subscription = node == null
                ? null
                : node.gapless().subscribe(topic, StartFrom.latest(), new MessageHandler<String>() {
                    @Override
                    public void onMessage(Delivery<String> delivery) {}

                    @Override
                    public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
                        return CompletableFuture.completedFuture(
                                Reload.done()); // from whatever has all that was published
                    }
                });
        look();
    }

    /** Something is being published, and nobody knows where: what it has meanwhile is not read. */
    void publishes() {
        publishing++;
    }

    /** Something was published. A node publishes in each of its lives before anything else happens there. */
    void published(String node, Position position, Written written) {
        publishing--;
        published
                .computeIfAbsent(position.epoch(), any -> {
                    streams.computeIfAbsent(node, none -> new ArrayList<>()).add(position.epoch());
                    return new TreeMap<>();
                })
                .put(position.sequence(), written);
    }

    /** Something has happened: it may have written. */
    void look() {
        if (publishing > 0 || subscription == null) {
            return;
        }
        CursorToken token = subscription.token();
        if (snapshots.isEmpty() || !last().token().equals(token)) {
            snapshots.add(new Snapshot(token, reach(token, snapshots.isEmpty() ? Map.of() : last().reach())));
        }
    }

    private Snapshot last() {
        return snapshots.get(snapshots.size() - 1);
    }

    /** What it has now; or, of a replica, what it had before, and not always later than the time before. Null if none of that can be read. */
    @Nullable Snapshot read(Random random, boolean ofReplica) {
        look();
        int lag = ofReplica ? random.nextInt(Math.min(MOST_LAG, snapshots.size())) : 0;
        Snapshot then = snapshots.get(snapshots.size() - 1 - lag);
        return hasHeardOfAllThatEnded(then) ? then : null;
    }

    /** A life of a producer that it has not heard of, and never will: nobody could tell (see docs/tables.md). */
    private boolean hasHeardOfAllThatEnded(Snapshot then) {
        Set<Epoch> listed =
                then.token().entries().stream().map(CursorToken.Entry::epoch).collect(Collectors.toSet());
        return ended.stream()
                .allMatch(epoch -> listed.contains(epoch) || then.reach().getOrDefault(epoch, 0L) == Long.MAX_VALUE);
    }

    /** This node's process has ended, and with it its stream. */
    void ended(String node) {
        List<Epoch> its = streams.getOrDefault(node, List.of());
        if (!its.isEmpty()) {
            ended.add(its.get(its.size() - 1));
        }
    }

    /**
     * How far whoever has a token has each stream. A stream that it does not list, before one that it has read of, was announced to it, and read.
     *
     * @param before how far it had them before
     */
    Map<Epoch, Long> reach(CursorToken token, Map<Epoch, Long> before) {
        Map<Epoch, Long> reach = new HashMap<>(before);
        Map<Epoch, Long> listed = new HashMap<>();
        token.entries().forEach(entry -> listed.put(entry.epoch(), entry.over() ? Long.MAX_VALUE : entry.sequence()));
        streams.values().forEach(its -> {
            boolean isPassed = false;
            for (int i = its.size() - 1; i >= 0; i--) {
                Epoch epoch = its.get(i);
                Long upTo = listed.get(epoch);
                if (upTo != null) {
                    reach.merge(epoch, upTo, Math::max);
                } else if (isPassed) {
                    reach.put(epoch, Long.MAX_VALUE);
                }
                isPassed |= reach.getOrDefault(epoch, 0L) > 0;
            }
        });
        return reach;
    }

    /** By key, the last state up to there. */
    Map<String, Written> rows(Map<Epoch, Long> reach) {
        Map<String, Written> rows = new TreeMap<>();
        streams.values()
                .forEach(its -> its.forEach(epoch -> published
                        .getOrDefault(epoch, new TreeMap<>())
                        .headMap(reach.getOrDefault(epoch, -1L), true)
                        .values()
                        .forEach(written -> rows.put(written.key(), written))));
        return rows;
    }

    /** What was published in this stream behind the one place, up to the other. */
    Iterable<Written> published(Epoch epoch, long from, long to) {
        return published
                .getOrDefault(epoch, new TreeMap<>())
                .subMap(from, false, to, true)
                .values();
    }
}
