package dev.gapless.internal.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.Loss;
import dev.gapless.NodeStatus.OtherClusterStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.NodeStatus.TableReport;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.NodeStatus.Totals;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.wire.StatusMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Asks the members how they are, and answers for this one. For the node actor's thread, where nothing else is said. */
final class StatusService {
    private static final int MAX_OPEN = 100;
    private static final int MAX_REPLY_CHARS = 60_000;
    /** Beside the topics, of the latest losses. A character takes three bytes at most, and a frame of Pekko has 256 KiB. */
    private static final int MAX_LOSSES_CHARS = 20_000;

    private static final long ANSWER_SECONDS = 5;
    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();

    private final long uid;
    private final String name;
    private final String address;
    private final boolean standsIn;
    private final MemberActors peers;
    /** Gets what is for this node, which answers whether it is a member or not. */
    private final Consumer<Object> itself;

    private final NodeStats stats;
    private final WaitingForStore waiting;
    /** By topic. */
    private final Supplier<Map<String, List<TableReport>>> tables;

    private final Executor executor;
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private long number;

    private static final class Asked {
        final Set<Long> missing;
        final List<NodeStatus> answers = new ArrayList<>();
        final CompletableFuture<List<NodeStatus>> to;
        final Executor executor;

        Asked(Set<Long> missing, CompletableFuture<List<NodeStatus>> to, Executor executor) {
            this.missing = missing;
            this.to = to;
            this.executor = executor;
        }

        synchronized void answer(long from, @Nullable NodeStatus status) {
            if (missing.remove(from) && status != null) {
                answers.add(status);
            }
            if (missing.isEmpty()) {
                complete();
            }
        }

        synchronized void complete() {
            answers.sort(Comparator.comparing(NodeStatus::node));
            List<NodeStatus> all = List.copyOf(answers);
            executor.execute(() -> to.complete(all));
        }
    }

    StatusService(
            long uid,
            String name,
            String address,
            boolean standsIn,
            MemberActors peers,
            Consumer<Object> itself,
            NodeStats stats,
            WaitingForStore waiting,
            Supplier<Map<String, List<TableReport>>> tables,
            Executor executor) {
        this.uid = uid;
        this.name = name;
        this.address = address;
        this.standsIn = standsIn;
        this.peers = peers;
        this.itself = itself;
        this.stats = stats;
        this.waiting = waiting;
        this.tables = tables;
        this.executor = executor;
    }

    /** Asks this node and these members; completes with whatever has come by then. */
    void ask(Set<Long> members, Duration timeout, CompletableFuture<List<NodeStatus>> to) {
        asked.values().removeIf(open -> open.to.isDone());
        if (asked.size() >= MAX_OPEN) {
            to.completeExceptionally(
                    new IllegalStateException("More than " + MAX_OPEN + " requests for status at once"));
            return;
        }
        number++;
        Set<Long> uids = new HashSet<>(members);
        uids.add(uid);
        Asked open = new Asked(new HashSet<>(uids), to, executor);
        asked.put(number, open);
        for (long one : uids) {
            send(one, new StatusMessage.Request(number, uid, one));
        }
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .execute(open::complete);
    }

    private void send(long to, Object message) {
        if (to == uid) {
            itself.accept(message);
        } else {
            peers.send(to, message);
        }
    }

    void onReply(StatusMessage.Reply reply) {
        Asked open = asked.get(reply.number());
        if (open != null) {
            try {
                NodeStatus status = JSON.readValue(reply.json(), NodeStatus.class);
                open.answer(reply.fromUid(), status.node() == null ? null : status);
            } catch (JsonProcessingException e) {
                open.answer(reply.fromUid(), null); // of another version: as if it had not answered
            }
        }
    }

    /** Collects what this node's shards say of their topics, which subscriptions wait for their store, and how tables are, and sends it off. */
    void answer(StatusMessage.Request request, List<ActorRef<Object>> shards, List<OtherClusterStatus> otherClusters) {
        List<CompletableFuture<ShardActor.Statuses>> reports = new ArrayList<>();
        for (ActorRef<Object> shard : shards) {
            CompletableFuture<ShardActor.Statuses> report = new CompletableFuture<>();
            shard.tell(new ShardActor.Report(report));
            reports.add(report);
        }
        CompletableFuture.allOf(reports.toArray(CompletableFuture[]::new))
                .orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .whenComplete((done, failure) -> send(
                        request.fromUid(),
                        new StatusMessage.Reply(request.number(), uid, json(reports, otherClusters))));
    }

    private String json(List<CompletableFuture<ShardActor.Statuses>> reports, List<OtherClusterStatus> otherClusters) {
        Map<String, ProducerStatus> produced = new HashMap<>();
        Map<String, ConsumerStatus> consumed = new HashMap<>();
        for (CompletableFuture<ShardActor.Statuses> report : reports) {
            if (report.isDone()) {
                produced.putAll(report.join().producers());
                consumed.putAll(report.join().consumers());
            }
        }
        waiting.addTo(consumed);
        Map<String, List<TableReport>> kept = tables.get();
        Set<String> names = new TreeSet<>(produced.keySet());
        names.addAll(consumed.keySet());
        names.addAll(kept.keySet());
        Map<String, Totals> totals = stats.totals();
        List<TopicStatus> topics = new ArrayList<>();
        int chars = 0;
        boolean truncated = false;
        for (String topic : names) {
            TopicStatus status = new TopicStatus(
                    topic,
                    produced.get(topic),
                    consumed.get(topic),
                    kept.getOrDefault(topic, List.of()),
                    totals.getOrDefault(topic, Totals.NONE));
            chars += write(status).length();
            if (chars > MAX_REPLY_CHARS) {
                truncated = true;
                break;
            }
            topics.add(status);
        }
        return write(
                new NodeStatus(name, address, standsIn, topics, truncated, otherClusters, stats.total(), losses()));
    }

    /** The latest, as many as there is room for. */
    private List<Loss> losses() {
        List<Loss> all = stats.losses().all();
        int chars = 0;
        int from = all.size();
        while (from > 0) {
            chars += write(all.get(from - 1)).length();
            if (chars > MAX_LOSSES_CHARS) {
                break;
            }
            from--;
        }
        return all.subList(from, all.size());
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A status cannot be written", e);
        }
    }
}
