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
    public final List<String> allowedOrigins;
    public final List<String> allowedHosts;
    /** The topics that clients may begin; empty: the address says which. */
    private final Optional<Predicate<String>> topics;

    public final int newTopicsPerIpLimit;
    public final Duration newTopicsWindow;
    public final String defaultTopic;
    public final String dispatcher;
    public final int acceptQueue;
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
    public final Duration stateTimeout;
    public final Duration stopTimeout;
    public final int idempotencyKeys;
    public final int idempotencyKeysOfAll;
    public final Duration idempotencyRetention;
    /** The node's: {@code gapless.loss-log-interval}. */
    public final Duration lossLogInterval;

    /** Throws ConfigException for a value that cannot be. */
    public GatewaySettings(Config all) {
        Config config = all.getConfig("gapless.gateway");
        enabled = config.getBoolean("enabled");
        host = config.getString("host");
        port = within(config, "port", 0, 65_535);
        grpcPort = OFF.contains(config.getString("grpc-port"))
                ? OptionalInt.empty()
                : OptionalInt.of(within(config, "grpc-port", 0, 65_535));
        tls = TlsSettings.of(config);
        access = AccessSettings.of(
                config,
                JwtSettings.of(config, positive(config, "access.jwt.clock-skew")),
                positive(config, "access.auth-timeout"));
        insecure = config.getBoolean("insecure");
        allowedOrigins = config.getStringList("allowed-origins");
        allowedHosts = config.getStringList("allowed-hosts");
        topics = topics(config);
        newTopicsPerIpLimit = within(config, "new-topics-per-ip-limit", 0, 10_000_000);
        newTopicsWindow = positive(config, "new-topics-window");
        defaultTopic = config.getString("default-topic");
        dispatcher = config.getString("dispatcher");
        acceptQueue = within(config, "accept-queue", 1, 65_535);
        maxConnections = within(config, "max-connections", 1, 10_000_000);
        maxClients = within(config, "max-clients", 1, 10_000_000);
        perIpLimit = within(config, "per-ip-limit", 0, 10_000_000);
        maxSubscriptions = within(config, "max-subscriptions", 1, 100_000);
        maxPublishingRequests = within(config, "max-publishing-requests", 1, 10_000_000);
        publishingPerIpLimit = within(config, "publishing-per-ip-limit", 0, 10_000_000);
        minBodyBytesPerSecond = within(config, "min-body-bytes-per-second", 1, 1_000_000_000);
        maxBodyBytes = bytes(config, "max-body-bytes", 1);
        int command = bytes(config, "max-command-bytes", 128);
        maxHeaderBytes = bytes(config, "max-header-bytes", 1_024);
        maxIdBytes = bytes(config, "max-id-bytes", 128);
        maxEventBytes = bytes(config, "max-event-bytes", 1);
        batchEvents = within(config, "batch-events", 1, 10_000);
        batchBytes = bytes(config, "batch-bytes", 1);
        jsonCacheBytes = ofHeap(bytes(config, "json-cache-bytes", 0));
        unfinishedBytes = ofHeap(bytes(config, "unfinished-bytes", 1));
        unsentBytes = ofHeap(bytes(config, "unsent-bytes", 1));
        maxChanges = within(config, "changes.max-changes", 1, 100_000_000);
        maxChangesBytes = ofHeap(bytes(config, "changes.max-bytes", 1));
        maxCollections = within(config, "changes.max-collections", 1, 1_000_000);
        changesRetention = positive(config, "changes.retention");
        sendBufferBytes = bytes(config, "send-buffer-bytes", 1_024);
        headerTimeout = positive(config, "header-timeout");
        idleTimeout = positive(config, "idle-timeout");
        lingerTimeout = positive(config, "linger-timeout");
        writeTimeout = positive(config, "write-timeout");
        unacknowledgedTimeout = positive(config, "unacknowledged-timeout");
        pingInterval = positive(config, "ping-interval");
        commentInterval = positive(config, "comment-interval");
        reconnectMin = positive(config, "reconnect-min");
        reconnectJitter = positive(config, "reconnect-jitter");
        deliveryTimeout = positive(config, "delivery-timeout");
        statusTimeout = positive(config, "status-timeout");
        statusClients = within(config, "status-clients", 0, 10_000_000);
        stateTimeout = positive(config, "state-timeout");
        stopTimeout = positive(config, "stop-timeout");
        idempotencyKeys = within(config, "idempotency-keys", 1, 10_000_000);
        idempotencyKeysOfAll = within(config, "idempotency-keys-of-all-topics", 1, 10_000_000);
        idempotencyRetention = positive(config, "idempotency-retention");
        lossLogInterval = all.getDuration("gapless.loss-log-interval");
        maxCommandBytes = (int) Math.min(command, BYTES_OF_ESCAPES * largestMessage(all) + AROUND_BYTES);
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

    private static int within(Config config, String key, int least, int most) {
        int value = config.getInt(key);
        if (value < least || value > most) {
            throw bad(config, key, least + " to " + most + ", not " + value);
        }
        return value;
    }

    private static int bytes(Config config, String key, int least) {
        long value = config.getBytes(key);
        if (value < least || value > 1 << 30) {
            throw bad(config, key, "of " + least + " bytes to 1 GiB, not " + value);
        }
        return (int) value;
    }

    /** Bounds must hold on a small heap, too, where nobody has thought of them. */
    private static int ofHeap(int bytes) {
        return (int) Math.min(bytes, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    private static Duration positive(Config config, String key) {
        Duration value = config.getDuration(key);
        if (value.isZero() || value.isNegative() || value.compareTo(Duration.ofDays(100)) > 0) {
            throw bad(config, key, "more than 0 and at most 100 days, not " + value);
        }
        return value;
    }

    private static ConfigException bad(Config config, String key, String what) {
        return ConfigValues.refused(config, key, "it is " + what);
    }
}
