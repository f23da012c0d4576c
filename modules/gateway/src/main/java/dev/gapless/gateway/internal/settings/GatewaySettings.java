package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.gapless.SubscriptionSettings;
import dev.gapless.internal.subscribe.Filter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/** {@code gapless.gateway} of the configuration; {@code reference.conf} says what each means. Immutable. */
public final class GatewaySettings {
    private static final int PART_OF_HEAP = 8;
    private static final int MOST_PERCENT = 80;
    private static final long LEAST_BUDGET = 1 << 20;
    /** What a command may have beside a message: a token with as many producers as there may be. */
    private static final int AROUND_BYTES = 256 << 10;
    /** JSON may write a character as six, for which a message has two bytes. */
    private static final int BYTES_OF_ESCAPES = 3;

    private static final Set<String> OFF = Set.of("off", "false", "no");

    public final boolean enabled;
    public final String host;
    public final int port;
    /** Empty: there is none. */
    public final OptionalInt grpcPort;

    public final TlsSettings tls;
    public final AccessSettings access;
    public final boolean insecure;
    /** Proxies whose word counts for where clients are. */
    public final TrustedProxies trustedProxies;

    public final List<String> allowedOrigins;
    public final List<String> allowedHosts;
    /** The topics that clients may begin; empty: the address says which. */
    private final Optional<Predicate<String>> topics;

    public final int newTopicsPerIpLimit;
    public final Duration newTopicsWindow;
    public final String defaultTopic;
    public final String dispatcher;
    public final int acceptQueue;
    /** How much heap clients may cause, in bytes. */
    public final long budget;

    public final long rings;

    public final int maxConnections;
    public final int maxClients;
    public final int perIpLimit;
    public final int maxSubscriptions;
    public final int maxPublishingRequests;
    public final int publishingPerIpLimit;
    public final int minBodyBytesPerSecond;
    public final int maxBodyBytes;
    public final int maxCommandBytes;
    public final int maxHeaderBytes;
    public final int maxHeaderFields;
    public final int maxResetsPerSecond;
    public final int maxIdBytes;
    public final int maxEventBytes;
    public final int batchEvents;
    public final int batchBytes;
    public final int jsonCacheBytes;
    public final int unsentBytes;
    public final int unfinishedBytes;
    public final int maxChanges;
    public final int maxChangesBytes;
    public final int maxCollections;
    public final Duration changesRetention;
    public final int sendBufferBytes;
    public final Duration headerTimeout;
    public final Duration idleTimeout;
    public final Duration lingerTimeout;
    public final Duration writeTimeout;
    public final Duration unacknowledgedTimeout;
    public final Duration pingInterval;
    public final Duration commentInterval;
    public final Duration reconnectMin;
    public final Duration reconnectJitter;
    public final Duration deliveryTimeout;
    public final Duration statusTimeout;
    public final int statusClients;
    public final int statusWatchers;
    public final Duration stateTimeout;
    public final Duration stopTimeout;
    public final int idempotencyKeys;
    public final int idempotencyKeysOfAll;
    public final Duration idempotencyRetention;
    /** {@code gapless.management}. */
    public final ManagementSettings management;
    /** The node's: {@code gapless.loss-log-interval}. */
    public final Duration lossLogInterval;

    /** Throws ConfigException for a value that cannot be. */
    public GatewaySettings(Config all) {
        Config config = all.getConfig("gapless.gateway");
        enabled = config.getBoolean("enabled");
        host = config.getString("host");
        port = ConfigValues.within(config, "port", 0, 65_535);
        grpcPort = OFF.contains(config.getString("grpc-port"))
                ? OptionalInt.empty()
                : OptionalInt.of(ConfigValues.within(config, "grpc-port", 0, 65_535));
        tls = TlsSettings.of(config);
        access = AccessSettings.of(config);
        insecure = config.getBoolean("insecure");
        trustedProxies = new TrustedProxies(networks(config));
        allowedOrigins = config.getStringList("allowed-origins");
        allowedHosts = config.getStringList("allowed-hosts");
        topics = topics(config);
        newTopicsPerIpLimit = ConfigValues.within(config, "new-topics-per-ip-limit", 0, 10_000_000);
        newTopicsWindow = ConfigValues.positive(config, "new-topics-window");
        defaultTopic = config.getString("default-topic");
        dispatcher = config.getString("dispatcher");
        acceptQueue = ConfigValues.within(config, "accept-queue", 1, 65_535);
        budget = shareOfHeap(config, "budget");
        rings = shareOfHeap(config, "rings");
        maxConnections = ConfigValues.within(config, "max-connections", 1, 10_000_000);
        maxClients = ConfigValues.within(config, "max-clients", 1, 10_000_000);
        perIpLimit = ConfigValues.within(config, "per-ip-limit", 0, 10_000_000);
        maxSubscriptions = ConfigValues.within(config, "max-subscriptions", 1, 100_000);
        maxPublishingRequests = ConfigValues.within(config, "max-publishing-requests", 1, 10_000_000);
        publishingPerIpLimit = ConfigValues.within(config, "publishing-per-ip-limit", 0, 10_000_000);
        minBodyBytesPerSecond = ConfigValues.within(config, "min-body-bytes-per-second", 1, 1_000_000_000);
        maxBodyBytes = ConfigValues.bytes(config, "max-body-bytes", 1);
        int command = ConfigValues.bytes(config, "max-command-bytes", 128);
        maxHeaderBytes = ConfigValues.bytes(config, "max-header-bytes", 1_024);
        maxHeaderFields = ConfigValues.within(config, "max-header-fields", 20, 10_000);
        maxResetsPerSecond = ConfigValues.within(config, "max-resets-per-second", 1, 1_000_000);
        maxIdBytes = ConfigValues.bytes(config, "max-id-bytes", 128);
        maxEventBytes = ConfigValues.bytes(config, "max-event-bytes", 1);
        batchEvents = ConfigValues.within(config, "batch-events", 1, 10_000);
        batchBytes = ConfigValues.bytes(config, "batch-bytes", 1);
        jsonCacheBytes = ofHeap(ConfigValues.bytes(config, "json-cache-bytes", 0));
        unfinishedBytes = ofHeap(ConfigValues.bytes(config, "unfinished-bytes", 1));
        unsentBytes = ofHeap(ConfigValues.bytes(config, "unsent-bytes", 1));
        maxChanges = ConfigValues.within(config, "changes.max-changes", 1, 100_000_000);
        maxChangesBytes = ofHeap(ConfigValues.bytes(config, "changes.max-bytes", 1));
        maxCollections = ConfigValues.within(config, "changes.max-collections", 1, 1_000_000);
        changesRetention = ConfigValues.positive(config, "changes.retention");
        sendBufferBytes = ConfigValues.bytes(config, "send-buffer-bytes", 1_024);
        headerTimeout = ConfigValues.positive(config, "header-timeout");
        idleTimeout = ConfigValues.positive(config, "idle-timeout");
        lingerTimeout = ConfigValues.positive(config, "linger-timeout");
        writeTimeout = ConfigValues.positive(config, "write-timeout");
        unacknowledgedTimeout = ConfigValues.positive(config, "unacknowledged-timeout");
        pingInterval = ConfigValues.positive(config, "ping-interval");
        commentInterval = ConfigValues.positive(config, "comment-interval");
        reconnectMin = ConfigValues.positive(config, "reconnect-min");
        reconnectJitter = ConfigValues.positive(config, "reconnect-jitter");
        deliveryTimeout = ConfigValues.positive(config, "delivery-timeout");
        statusTimeout = ConfigValues.positive(config, "status-timeout");
        statusClients = ConfigValues.within(config, "status-clients", 0, 10_000_000);
        statusWatchers = ConfigValues.within(config, "status-watchers", 0, 10_000);
        stateTimeout = ConfigValues.positive(config, "state-timeout");
        stopTimeout = ConfigValues.positive(config, "stop-timeout");
        idempotencyKeys = ConfigValues.within(config, "idempotency-keys", 1, 10_000_000);
        idempotencyKeysOfAll = ConfigValues.within(config, "idempotency-keys-of-all-topics", 1, 10_000_000);
        idempotencyRetention = ConfigValues.positive(config, "idempotency-retention");
        management = ManagementSettings.of(all);
        lossLogInterval = all.getDuration("gapless.loss-log-interval");
        maxCommandBytes = (int) Math.min(command, BYTES_OF_ESCAPES * largestMessage(all) + AROUND_BYTES);
    }

    private static long shareOfHeap(Config config, String key) {
        long heap = Runtime.getRuntime().maxMemory();
        String given = config.getString(key).strip();
        try {
            long bytes = given.endsWith("%")
                    ? (long) (heap / 100.0 * Double.parseDouble(given.substring(0, given.length() - 1)))
                    : config.getBytes(key);
            if (bytes >= LEAST_BUDGET && bytes <= heap / 100 * MOST_PERCENT) {
                return bytes;
            }
        } catch (ConfigException.BadValue | NumberFormatException e) {
            // told below
        }
        throw bad(
                config,
                key,
                "a share of the heap, such as 25%, or a number of bytes: 1 MiB at least, and at most " + MOST_PERCENT
                        + "% of the heap, which has " + heap + " bytes (-Xmx)");
    }

    private static List<Network> networks(Config config) {
        try {
            return config.getStringList("trusted-proxies").stream()
                    .map(Network::parse)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw bad(config, "trusted-proxies", "a list of networks and addresses: " + e.getMessage());
        }
    }

    private static Optional<Predicate<String>> topics(Config config) {
        if (config.getValue("topics").unwrapped().equals("auto")) {
            return Optional.empty();
        }
        try {
            return Optional.of(anyOf(config.getStringList("topics")));
        } catch (ConfigException.WrongType | IllegalArgumentException e) {
            throw bad(config, "topics", "auto, or a list of names and patterns: " + e.getMessage());
        }
    }

    private static Predicate<String> anyOf(List<String> patterns) {
        return patterns.isEmpty()
                ? topic -> false
                : new Filter(SubscriptionSettings.defaults().withKeys(patterns))::takesKey;
    }

    /** The topics that clients may begin. Throws IllegalStateException if its host is no address. */
    public Predicate<String> mayBegin() {
        return topics.orElseGet(() -> anyOf(isLoopback() || access.isOn() ? List.of("*") : List.of()));
    }

    /** Do clients come through proxies alone? Those look after TLS and access, then. */
    public boolean isBehindProxies() {
        return trustedProxies.areThere() && !isLoopback() && !insecure && !(tls.isOn() && access.isOn());
    }

    /** Does only this machine reach it? Throws IllegalStateException if its host is no address. */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("gapless.gateway.host is no address: " + host, e);
        }
    }

    /** Of those that any topic may have. */
    private static long largestMessage(Config all) {
        long largest = all.getBytes("gapless.max-message-bytes");
        for (ConfigValue topic : all.getObject("gapless.topics").values()) {
            if (topic instanceof ConfigObject settings && settings.containsKey("max-message-bytes")) {
                largest = Math.max(largest, settings.toConfig().getBytes("max-message-bytes"));
            }
        }
        return largest;
    }

    /** Bounds must hold on a small heap, too, where nobody has thought of them. */
    private static int ofHeap(int bytes) {
        return (int) Math.min(bytes, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    private static ConfigException bad(Config config, String key, String what) {
        return ConfigValues.refused(config, key, "it is " + what);
    }
}
