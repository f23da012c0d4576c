package dev.gapless.internal.publish;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.node.Shard;
import dev.gapless.core.producer.StoreStatus;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The logs of a node, one for each topic that is published to here, or asked for by another node. Thread-safe. */
public final class ProducerLogs {
    /** What clients of a gateway leave to the application, and to registrations of other nodes: one place of so many. */
    private static final int RESERVED_PART = 4;

    /** Of each shard. */
    private final List<Gate> gates;

    private final Map<String, ProducerLog> logs = new ConcurrentHashMap<>();
    private final long uid;
    private final Function<String, TopicSettings> settings;
    private final int maxTopics;
    private final int forClients;
    private final NodeStats stats;
    private final Executor completions;
    private final Refusals refusals;
    private volatile Consumer<ProducerLog> made = log -> {};
    private volatile StoreWords words = StoreWords.NONE;
    private volatile boolean closing;

    /**
     * None yet, of this incarnation of a node with so many shards; publishers are answered on this executor. Refusals are logged once in this
     * interval.
     */
    public ProducerLogs(
            long uid,
            Function<String, TopicSettings> settings,
            int maxTopics,
            int shards,
            NodeStats stats,
            Executor completions,
            Duration refusalInterval) {
        this.gates = Stream.generate(Gate::new).limit(shards).toList();
        this.uid = uid;
        this.settings = settings;
        this.maxTopics = maxTopics;
        this.forClients = maxTopics - maxTopics / RESERVED_PART;
        this.stats = stats;
        this.completions = completions;
        this.refusals = Refusals.every(refusalInterval, completions);
    }

    /**
     * Publishers that wait for the store in vain are told whose it is, and why it cannot be opened. For whoever makes this, before there are
     * logs.
     */
    public void speakOf(String node, Supplier<Optional<String>> unopened) {
        words = new StoreWords(node, unopened);
    }

    /** That of all logs of this shard, counted from 0. */
    public Gate gate(int shard) {
        return gates.get(shard);
    }

    /** This one is told of each log that is made, sometimes twice. For whoever makes this, at once. */
    public void announceTo(Consumer<ProducerLog> listener) {
        made = listener;
        logs.values().forEach(listener);
    }

    /** Throws IllegalStateException if the settings say that this node does not publish there. */
    public static void checkPublishing(String topic, TopicSettings settings) {
        if (!settings.publishing()) {
            throw new IllegalStateException(
                    "Topic " + topic + ": this node does not publish to it, as gapless.publishing = off"
                            + " says, for all topics or for this one. Set it on where producer() is called");
        }
    }

    /** The log of a topic, for the application: it is kept from now on. */
    public ProducerLog hold(String topic) {
        return kept(topic, ProducerLog::hold);
    }

    private ProducerLog kept(String topic, UnaryOperator<ProducerLog> keep) {
        while (true) {
            ProducerLog log = of(topic);
            ProducerLog kept = logs.computeIfPresent(topic, (name, known) -> keep.apply(known));
            if (kept == log) {
                return log;
            } // else it was dropped meanwhile
        }
    }

    /**
     * Publishes for a client: the log stays only if something is published. Throws IllegalStateException if the topic is new, and the rest
     * of the places is not for clients ({@link #checkRoomForClients}).
     */
    public CompletionStage<Position> publishFor(
            String topic, Function<ProducerLog, CompletionStage<Position>> publish) {
        ProducerLog known = logs.get(topic);
        if (known != null && known.isKept()) {
            return publish.apply(known);
        }
        checkRoomForClients(topic);
        ProducerLog lent = kept(topic, ProducerLog::lend);
        CompletionStage<Position> position;
        try {
            position = publish.apply(lent);
        } catch (RuntimeException | Error e) {
            lent.giveBack();
            throw e;
        }
        return position.whenComplete((published, failure) -> lent.giveBack());
    }

    /** Throws IllegalStateException if the topic is new, and all places that clients may take are taken. */
    public void checkRoomForClients(String topic) {
        if (!logs.containsKey(topic) && logs.size() >= forClients) {
            throw new IllegalStateException("Topic " + topic + ": this node has " + logs.size()
                    + " topics, and clients begin no more: the last quarter of gapless.max-topics is kept for the application and"
                    + " for what other nodes subscribe to");
        }
    }

    /** The log of a topic, made at the first call; throws IllegalStateException beyond the bound. */
    public ProducerLog of(String topic) {
        ProducerLog known = logs.get(topic);
        if (known != null) {
            return closedIfClosing(known);
        }
        if (logs.size() >= maxTopics) {
            throw new IllegalStateException("Topic " + topic + ": this node has " + maxTopics
                    + " producers already, the most that gapless.max-topics allows");
        }
        ProducerLog log = logs.computeIfAbsent(topic, this::make);
        made.accept(closedIfClosing(log));
        return log;
    }

    /** {@link #refuseMessages} may have passed by one that was being made. */
    private ProducerLog closedIfClosing(ProducerLog log) {
        if (closing) {
            log.log().close();
        }
        return log;
    }

    private ProducerLog make(String topic) {
        TopicSettings ofTopic = settings.apply(topic);
        LogIdentity identity = LogIdentity.of(uid, topic, ofTopic, Clock.nowMs());
        Gate gate = gates.get(Shard.indexOf(topic, gates.size()));
        ProducerLog log = new ProducerLog(topic, new Log(identity, ofTopic, gate), ofTopic, completions, Clock.SYSTEM);
        log.countIn(stats.topic(topic));
        log.reportTo(refusals);
        log.speakWith(words);
        return log;
    }

    /** Has the topic a log? It has if a node of the cluster subscribes to it, too. */
    public boolean has(String topic) {
        return logs.containsKey(topic);
    }

    /** Does the application publish to it, or was anything ever published here? */
    public boolean isKept(String topic) {
        ProducerLog known = logs.get(topic);
        return known != null && known.isKept();
    }

    /** The topics that have a log. */
    public Set<String> topics() {
        return Set.copyOf(logs.keySet());
    }

    /** Was anything ever published on this node, to any topic? */
    boolean hasPublished() {
        return logs.values().stream().anyMatch(log -> log.log().hasPublished());
    }

    /** The topics that other nodes read here, though nothing was ever published to them. */
    Set<String> readInVain() {
        return logs.values().stream()
                .filter(ProducerLog::isReadInVain)
                .map(ProducerLog::topic)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The part of a topic's ring that some cursor has not acknowledged, as if all of its messages were equally large; 0 without a log or cursor. */
    public double unacknowledged(String topic) {
        ProducerLog known = logs.get(topic);
        return known == null ? 0 : known.unacknowledged();
    }

    /** How many bytes the ring of this topic's log has; 0 without a log. */
    public long ringBytes(String topic) {
        ProducerLog known = logs.get(topic);
        return known == null ? 0 : known.log().bytes();
    }

    /** The ring of this topic's log holds so many bytes at most. {@return false if there is none, or the application has it} */
    public boolean limitRing(String topic, long bytes) {
        ProducerLog known = logs.get(topic);
        return known != null && known.limit(bytes);
    }

    /** Nobody uses this log any more, unless the application has come for it; {@return whether it is gone} */
    public boolean drop(ProducerLog unused) {
        return logs.computeIfPresent(
                        unused.topic(), (name, known) -> known == unused && known.isUnused() ? null : known)
                != unused;
    }

    /** The node begins to leave: what there is may still be sent, and logs that are made from now on take nothing. */
    public void close() {
        closing = true;
    }

    /**
     * Nothing more is published here, on any topic: whoever publishes, or waits for room, is told so. {@return the last sequence of each
     * stream to which anything was published; null if that is not known, as something is being stored}
     */
    public @Nullable Map<Epoch, Long> refuseMessages() {
        closing = true;
        Map<Epoch, Long> published = new HashMap<>();
        boolean isKnown = true;
        for (ProducerLog log : logs.values()) {
            OptionalLong head = log.log().end();
            isKnown &= head.isPresent();
            if (head.orElse(0) > 0) {
                published.put(log.log().identity().epoch(), head.getAsLong());
            }
        }
        return isKnown ? published : null;
    }

    /** Nothing is heard of consumers any more: whoever waits for a receipt is told so. */
    public void endReceipts() {
        logs.values().forEach(ProducerLog::endReceipts);
    }

    /** Nothing is heard of the store any more, after {@link #refuseMessages}: whoever waits for what is being stored is told that nobody knows. */
    public void abandon() {
        logs.values().forEach(log -> log.log().abandon());
    }

    /** What is wrong with the store of a topic, for people; empty if all can be written to, or are being opened. */
    public Optional<String> storeProblem() {
        for (ProducerLog log : logs.values()) {
            StoreStatus store = log.store();
            if (store != null && store.hasFailed()) {
                return Optional.of("the store of topic " + log.topic() + " is "
                        + store.state().name().toLowerCase(Locale.ROOT) + " since "
                        + Instant.ofEpochMilli(store.sinceMs())
                        + (store.problem() == null ? "" : ": " + store.problem()));
            }
        }
        return Optional.empty();
    }

    /** Has this node begun to leave? */
    public boolean isClosing() {
        return closing;
    }
}
