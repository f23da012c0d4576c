package dev.gapless.internal.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.gapless.Health;
import dev.gapless.core.Backoff;
import dev.gapless.core.Limits;
import dev.gapless.core.Overflow;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.member.History;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.internal.table.TableSettings;
import dev.gapless.internal.trace.AvailableTracing;
import dev.gapless.internal.trace.Tracing;
import dev.gapless.internal.wire.RoundTrip;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings under {@code gapless}, checked when the actor system starts: what is impossible or unknown keeps it from
 * starting, with the key and the range. Thread-safe.
 */
public final class Settings {
    /** What the transport adds to a batch, and then some. */
    private static final long FRAME_MARGIN_BYTES = 32 * 1024;

    /** Of a batch of a durable topic; a row of H2 has 1 MiB at most. */
    private static final int MOST_IN_A_RECORD = 960 * 1024;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    /** The timers of actors go to 248 days, and two durations may be added. */
    private static final Duration LONGEST = Duration.ofDays(100);

    /** Each is a cursor at each producer. */
    private static final int MOST_CATCH_UP_READERS = 100;

    private static final Duration LONGEST_ACK_DELAY = Duration.ofSeconds(1);

    private static final int MOST_SHARED = 1_000_000;

    /** At most, unless it is set. */
    private static final int USUAL_SHARDS = 8;

    private static final String TOPICS = "topics";

    private enum Durability {
        MEMORY,
        JOURNAL
    }

    private static final Set<String> OF_THE_NODE = Set.of(
            "node-name",
            "role",
            "cluster-id",
            "other-cluster",
            "other-cluster-grace",
            "out-of-service-on",
            "dispatcher",
            "completion-dispatcher",
            "default-dispatcher",
            "ping-interval",
            "cursor-retention",
            "history-retention",
            "history-bytes",
            "max-topics",
            "shards",
            "actor-window",
            "token-store-interval",
            "shared-messages",
            "tracing",
            "loss-log-interval",
            "slow-handler-warning",
            "never-published-warning",
            "stuck-transport-timeout",
            "metrics",
            "table",
            "journal",
            "gateway",
            "management",
            TOPICS);

    private final Config config;
    private final long maxFrameBytes;
    private final Duration leavePhase;
    private final Map<String, TopicSettings> topics = new HashMap<>();
    private final TopicSettings ofOthers;
    /** Of topics that have settings of their own. */
    private final Map<String, RoundTrip.Mode> roundTrips = new HashMap<>();

    private final RoundTrip.Mode roundTripOfOthers;

    final String nodeName;
    final String role;
    public final String clusterId;
    private final boolean givesWay;
    private final Duration otherClusterGrace;
    /** With which concerns the node is not ready. */
    final Set<Health.Kind> outOfServiceOn;

    final String dispatcher;
    final String completionDispatcher;
    public final Duration pingInterval;
    public final Duration cursorRetention;
    public final History.Bounds history;
    public final int maxTopics;
    final int shards;
    public final int actorWindow;
    public final int sharedMessages;
    public final Tracing tracing;
    final Duration lossLogInterval;
    final Duration slowHandlerWarning;
    final Duration neverPublishedWarning;
    final Duration stuckTransportTimeout;
    final int maxMeteredTopics;
    final String tableDispatcher;
    public final TableSettings table;
    final Duration tokenStoreInterval;

    /** May this node publish, to any topic? */
    public boolean publishes() {
        return ofOthers.publishing() || topics.values().stream().anyMatch(TopicSettings::publishing);
    }

    /** May a topic be durable on this node? */
    public boolean stores() {
        return ofOthers.durable() || topics.values().stream().anyMatch(TopicSettings::durable);
    }

    /** Says which topics are durable: all, or none, and those that differ. */
    String durableTopics() {
        return topics.entrySet().stream()
                .filter(topic -> topic.getValue().durable() != ofOthers.durable())
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining("\n", ofOthers.durable() + "\n", ""));
    }

    /** Throws ConfigException unless a node is taken over before it is given up, on any durable topic. */
    void checkTakeOver(Duration after) {
        check(ofOthers, after, "gapless.");
        topics.forEach((topic, its) -> check(its, after, "gapless.topics." + ConfigUtil.quoteString(topic) + "."));
    }

    private static void check(TopicSettings its, Duration after, String path) {
        check(
                !its.durable() || after.toNanos() < its.durableReturnNs(),
                "gapless.journal.take-over-after",
                after,
                "less than " + path + "durable-return-timeout, " + Duration.ofNanos(its.durableReturnNs())
                        + ", or off");
    }

    /** Within this time whoever lacks something of a log has asked its producer for it, in nanoseconds. */
    long longestAsking() {
        long most = ofOthers.registerBackoff().maxNs();
        for (TopicSettings its : topics.values()) {
            most = Math.max(most, its.registerBackoff().maxNs());
        }
        return 2 * most;
    }

    /** Reads and checks everything, for each topic that has settings of its own too. */
    public Settings(Config system, ClassLoader classLoader, String systemName) {
        this.config = system.getConfig("gapless");
        this.maxFrameBytes = system.getBytes("pekko.remote.artery.advanced.maximum-frame-size");
        this.leavePhase = phaseTimeout(system);
        new UnknownSettings(ConfigFactory.defaultReference(classLoader).getConfig("gapless"), OF_THE_NODE)
                .refuse(config);
        this.nodeName = name("node-name");
        this.role = config.getString("role");
        this.clusterId = name("cluster-id").isEmpty() ? systemName : name("cluster-id");
        this.givesWay = givesWay(config.getString("other-cluster"));
        this.otherClusterGrace = positive(config, "gapless.", "other-cluster-grace");
        this.outOfServiceOn = outOfServiceOn(config.getStringList("out-of-service-on"));
        this.dispatcher = dispatcher(system, "dispatcher");
        this.completionDispatcher = dispatcher(system, "completion-dispatcher");
        this.pingInterval = positive(config, "gapless.", "ping-interval");
        this.cursorRetention = positive(config, "gapless.", "cursor-retention");
        check(
                cursorRetention.compareTo(pingInterval.multipliedBy(10)) >= 0,
                "gapless.cursor-retention",
                cursorRetention,
                "at least ten times gapless.ping-interval, " + pingInterval);
        Duration historyRetention = positive(config, "gapless.", "history-retention");
        History.Bounds usual = History.Bounds.DEFAULT;
        check(
                historyRetention.toMillis() >= 2 * usual.marginMs(),
                "gapless.history-retention",
                historyRetention,
                "at least " + Duration.ofMillis(2 * usual.marginMs()));
        long historyBytes = config.getBytes("history-bytes");
        check(historyBytes >= 64 * 1024, "gapless.history-bytes", historyBytes, "at least 64 KiB");
        this.history = new History.Bounds(usual.marginMs(), historyRetention.toMillis(), usual.most(), historyBytes);
        this.maxTopics = config.getInt("max-topics");
        check(maxTopics >= 1, "gapless.max-topics", maxTopics, "at least 1");
        int wanted = config.getInt("shards");
        check(wanted >= 0 && wanted <= Limits.MAX_SHARDS, "gapless.shards", wanted, "0 to " + Limits.MAX_SHARDS);
        this.shards = wanted > 0
                ? wanted
                : Math.min(USUAL_SHARDS, Runtime.getRuntime().availableProcessors());
        this.actorWindow = config.getInt("actor-window");
        check(actorWindow >= 1, "gapless.actor-window", actorWindow, "at least 1");
        this.sharedMessages = config.getInt("shared-messages");
        check(
                sharedMessages >= 0 && sharedMessages <= MOST_SHARED,
                "gapless.shared-messages",
                sharedMessages,
                "0 to " + MOST_SHARED);
        this.tracing = AvailableTracing.of(config.getBoolean("tracing"));
        this.lossLogInterval = Duration.ofNanos(notNegative(config, "gapless.", "loss-log-interval"));
        this.slowHandlerWarning = Duration.ofNanos(notNegative(config, "gapless.", "slow-handler-warning"));
        this.neverPublishedWarning = Duration.ofNanos(notNegative(config, "gapless.", "never-published-warning"));
        this.stuckTransportTimeout = Duration.ofNanos(notNegative(config, "gapless.", "stuck-transport-timeout"));
        this.tokenStoreInterval = positive(config, "gapless.", "token-store-interval");
        this.maxMeteredTopics = config.getInt("metrics.max-topics");
        check(maxMeteredTopics >= 0, "gapless.metrics.max-topics", maxMeteredTopics, "at least 0");
        this.tableDispatcher = dispatcher(system, "table.dispatcher");
        this.table = table(config.getConfig("table"));
        this.ofOthers = topicSettings(config, "gapless.");
        this.roundTripOfOthers = roundTrip(config, "gapless.");
        for (String topic : config.getObject(TOPICS).keySet()) {
            String quoted = ConfigUtil.quoteString(topic);
            Config own = config.getConfig(TOPICS + "." + quoted);
            Config all = own.withFallback(config);
            String path = "gapless.topics." + quoted + ".";
            topics.put(topic, topicSettings(all, path));
            roundTrips.put(topic, roundTrip(all, path));
        }
        if (stores() && nodeName.isEmpty()) {
            throw new ConfigException.BadValue(
                    "gapless.node-name",
                    "durable topics need a name that this node keeps over restarts (gapless.durability = journal)");
        }
    }

    private static Set<Health.Kind> outOfServiceOn(List<String> keys) {
        Map<String, Health.Kind> known =
                Arrays.stream(Health.Kind.values()).collect(Collectors.toMap(Health.Kind::key, kind -> kind));
        keys.forEach(key -> check(
                known.containsKey(key),
                "gapless.out-of-service-on",
                key,
                "some of " + known.keySet().stream().sorted().toList()));
        return keys.stream().map(known::get).collect(Collectors.toSet());
    }

    private static TableSettings table(Config c) {
        String path = "gapless.table.";
        int maxKeys = c.getInt("max-keys");
        check(maxKeys >= 1, path + "max-keys", maxKeys, "at least 1");
        long maxBytes = c.getBytes("max-bytes");
        check(maxBytes >= 1, path + "max-bytes", maxBytes, "at least 1");
        int maxWaiting = c.getInt("max-waiting");
        check(maxWaiting >= 1, path + "max-waiting", maxWaiting, "at least 1");
        double readSpread = c.getDouble("read-spread");
        check(readSpread >= 0 && readSpread <= 1000, path + "read-spread", readSpread, "a number from 0 to 1000");
        return new TableSettings(
                maxKeys,
                maxBytes,
                readSpread,
                positive(c, path, "read-timeout"),
                c.getBoolean("interrupt-reads"),
                c.getBoolean("serve-stale"),
                positive(c, path, "reached-timeout"),
                maxWaiting);
    }

    private static Duration phaseTimeout(Config system) {
        String phase = "pekko.coordinated-shutdown.phases.before-cluster-shutdown.timeout";
        return system.hasPath(phase)
                ? system.getDuration(phase)
                : system.getDuration("pekko.coordinated-shutdown.default-phase-timeout");
    }

    private static boolean givesWay(String otherCluster) {
        check(
                otherCluster.equals("warn") || otherCluster.equals("give-way"),
                "gapless.other-cluster",
                otherCluster,
                "warn or give-way");
        return otherCluster.equals("give-way");
    }

    /**
     * How the node at this address looks for other clusters.
     *
     * @param seedNodes host and port of each
     */
    OtherClusterSettings otherClusters(String address, Set<String> seedNodes) {
        return new OtherClusterSettings(clusterId, address, seedNodes, givesWay, otherClusterGrace.toNanos());
    }

    private String name(String key) {
        String name = config.getString(key);
        return name.isEmpty() ? name : shown(key, name);
    }

    /** It stands in logs, tokens and events. */
    private static String shown(String key, String name) {
        try {
            return Limits.checkGivenName(key, name);
        } catch (IllegalArgumentException e) {
            throw new ConfigException.BadValue("gapless." + key, String.valueOf(e.getMessage()), e);
        }
    }

    private String dispatcher(Config system, String key) {
        String id = shown(key, config.getString(key));
        boolean there;
        try {
            there = system.hasPath(id);
        } catch (ConfigException.BadPath e) {
            there = false;
        }
        check(
                there,
                "gapless." + key,
                id,
                "the path of a dispatcher's configuration, as in pekko.actor.default-dispatcher");
        return id;
    }

    /** Those that have settings of their own. */
    Set<String> topics() {
        return topics.keySet();
    }

    /** The settings of a topic: its own where it has some, else those of all. */
    public TopicSettings topic(String topic) {
        return topics.getOrDefault(topic, ofOthers);
    }

    /** What happens to a message of this topic that does not come back as it was written. */
    public RoundTrip.Mode roundTrip(String topic) {
        return roundTrips.getOrDefault(topic, roundTripOfOthers);
    }

    private static RoundTrip.Mode roundTrip(Config c, String path) {
        return c.getString("roundtrip").equals("false") // what YAML makes of off
                ? RoundTrip.Mode.OFF
                : oneOf(RoundTrip.Mode.class, c, path, "roundtrip");
    }

    private TopicSettings topicSettings(Config c, String path) {
        return TopicSettings.DEFAULTS.with(draft -> read(c, path, draft));
    }

    private void read(Config c, String path, TopicSettings.Draft draft) {
        draft.publishing = c.getBoolean("publishing");
        draft.durable = oneOf(Durability.class, c, path, "durability") == Durability.JOURNAL;
        draft.durableReturnNs = positive(c, path, "durable-return-timeout").toNanos();
        draft.storeTimeoutNs = positive(c, path, "store-timeout").toNanos();
        draft.storeBackoff = backoff(c, path, "store-backoff");
        draft.bufferMessages = c.getInt("buffer-messages");
        check(
                draft.bufferMessages >= 1 && draft.bufferMessages <= 1 << 30,
                path + "buffer-messages",
                draft.bufferMessages,
                "1 to 2^30");
        draft.bufferBytes = c.getBytes("buffer-bytes");
        check(draft.bufferBytes >= 1024, path + "buffer-bytes", draft.bufferBytes, "at least 1 KiB");
        draft.feedMessages = c.getInt("feed-messages");
        check(
                draft.feedMessages >= 0 && draft.feedMessages <= 1 << 30,
                path + "feed-messages",
                draft.feedMessages,
                "0 to 2^30");
        draft.feedBytes = c.getBytes("feed-bytes");
        check(
                draft.feedBytes == 0 || draft.feedBytes >= 1024,
                path + "feed-bytes",
                draft.feedBytes,
                "0, or at least 1 KiB");
        draft.feedHoldNs = notNegative(c, path, "feed-hold");
        draft.catchUpReaders = c.getInt("catch-up-readers");
        check(
                draft.catchUpReaders >= 1 && draft.catchUpReaders <= MOST_CATCH_UP_READERS,
                path + "catch-up-readers",
                draft.catchUpReaders,
                "1 to " + MOST_CATCH_UP_READERS);
        draft.ackDelayNs = notNegative(c, path, "ack-delay");
        check(
                draft.ackDelayNs <= LONGEST_ACK_DELAY.toNanos(),
                path + "ack-delay",
                c.getDuration("ack-delay"),
                "0 to " + LONGEST_ACK_DELAY.toSeconds() + "s");
        draft.maxAgeNs = notNegative(c, path, "max-age");
        check(
                draft.maxAgeNs == 0 || draft.maxAgeNs >= 1_000_000_000,
                path + "max-age",
                c.getDuration("max-age"),
                "0, or at least 1s");
        draft.overflow = oneOf(Overflow.class, c, path, "overflow");
        long batch = c.getBytes("batch-bytes");
        check(
                batch >= 1024 && batch <= maxFrameBytes - FRAME_MARGIN_BYTES,
                path + "batch-bytes",
                batch,
                "1 KiB to " + (maxFrameBytes - FRAME_MARGIN_BYTES)
                        + ", which is pekko.remote.artery.advanced.maximum-frame-size less 32 KiB");
        check(
                !draft.durable || batch <= MOST_IN_A_RECORD,
                path + "batch-bytes",
                batch,
                "at most 960 KiB for a durable topic: a batch is a row of its store");
        draft.batchBytes = (int) batch;
        draft.windowBytes = c.getBytes("window-bytes");
        check(draft.windowBytes >= batch, path + "window-bytes", draft.windowBytes, "at least batch-bytes, " + batch);
        long largest = c.getBytes("max-message-bytes");
        check(largest >= 1 && largest <= batch, path + "max-message-bytes", largest, "1 to batch-bytes, " + batch);
        draft.maxMessageBytes = (int) largest;
        draft.maxPendingPublishes = c.getInt("max-pending-publishes");
        check(draft.maxPendingPublishes >= 1, path + "max-pending-publishes", draft.maxPendingPublishes, "at least 1");
        draft.backpressureTimeoutNs = positive(c, path, "backpressure-timeout").toNanos();
        draft.resumeAfterExpiry = oneOf(ResumeAfterExpiry.class, c, path, "resume-after-expiry");
        draft.heartbeatNs = positive(c, path, "heartbeat-interval").toNanos();
        draft.registerBackoff = backoff(c, path, "register-backoff");
        draft.registerJitter = c.getDouble("register-backoff.jitter");
        check(
                draft.registerJitter >= 0 && draft.registerJitter <= 1,
                path + "register-backoff.jitter",
                draft.registerJitter,
                "0 to 1");
        draft.registerAttempts = c.getInt("register-backoff.attempts");
        check(draft.registerAttempts >= 0, path + "register-backoff.attempts", draft.registerAttempts, "0 or more");
        draft.readyTimeoutNs = positive(c, path, "ready-timeout").toNanos();
        draft.producerReturnNs = positive(c, path, "producer-return-timeout").toNanos();
        Duration drain = positive(c, path, "drain-timeout");
        check(
                drain.compareTo(leavePhase) < 0,
                path + "drain-timeout",
                drain,
                "less than pekko.coordinated-shutdown.phases.before-cluster-shutdown.timeout, " + leavePhase);
        draft.drainTimeoutNs = drain.toNanos();
        draft.reloadBackoff = backoff(c, path, "reload-backoff");
        draft.reloadAttempts = c.getInt("reload-backoff.attempts");
        check(draft.reloadAttempts >= 0, path + "reload-backoff.attempts", draft.reloadAttempts, "0 or more");
        draft.reloadIntervalNs = notNegative(c, path, "reload-interval");
        draft.reloadJitterNs = notNegative(c, path, "reload-jitter");
    }

    private static Backoff backoff(Config c, String path, String backoff) {
        Duration min = positive(c, path, backoff + ".min");
        Duration max = positive(c, path, backoff + ".max");
        check(max.compareTo(min) >= 0, path + backoff + ".max", max, "at least min, " + min);
        return new Backoff(min.toNanos(), max.toNanos());
    }

    private static Duration positive(Config c, String path, String key) {
        Duration duration = c.getDuration(key);
        check(
                duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0,
                path + key,
                duration,
                "at least 1ms, and at most 100 days");
        return duration;
    }

    private static long notNegative(Config c, String path, String key) {
        Duration duration = c.getDuration(key);
        check(
                !duration.isNegative() && duration.compareTo(LONGEST) <= 0,
                path + key,
                duration,
                "0 or more, and at most 100 days");
        return duration.toNanos();
    }

    private static <E extends Enum<E>> E oneOf(Class<E> type, Config c, String path, String key) {
        String text = c.getString(key);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        String all = List.of(type.getEnumConstants()).stream()
                .map(e -> e.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" or "));
        throw bad(path + key, text, all);
    }

    private static void check(boolean fine, String key, Object value, String range) {
        if (!fine) {
            throw bad(key, value, range);
        }
    }

    private static ConfigException bad(String key, Object value, String range) {
        return new ConfigException.BadValue(key, "it is " + value + ", and must be " + range);
    }
}
