package dev.gapless.testkit.internal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.TopicSettings;
import dev.gapless.internal.node.Settings;
import dev.gapless.internal.wire.Codec;
import dev.gapless.internal.wire.RoundTrips;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/** What all incarnations of all nodes of one test share. Thread-safe. */
public final class Surroundings {
    private static final String CLUSTER = "test";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Turns turns = new Turns();
    private final VirtualTime time = new VirtualTime(turns, START);
    private final Links links = new Links(turns);
    private final Settings settings;
    /** Those that the kit brings itself, where there is no actor system. */
    private final @Nullable OwnSerializers serializers;

    private final Codec codec;
    private final RoundTrips roundTrips;
    private final @Nullable ActorSystems actors;
    /** The names of those that this test has. */
    private final Set<String> topics = ConcurrentHashMap.newKeySet();

    /** By node. */
    private final Map<String, TestStore> stores = new ConcurrentHashMap<>();

    private final AtomicLong uids = new AtomicLong();
    /** The same in each run of a test. */
    private final SplittableRandom random = new SplittableRandom(1);

    /**
     * A world without nodes.
     *
     * @param system where actors and streams of the test run, and whose serializers are used; or null, for serializers of the kit's own
     * @param config settings as in {@code application.conf}, which come before those
     */
    public Surroundings(@Nullable ActorSystem system, Config config) {
        Config below = system == null ? ConfigFactory.load() : system.settings().config();
        this.settings = new Settings(config.withFallback(below), Surroundings.class.getClassLoader(), CLUSTER);
        if (system == null) {
            OwnSerializers own = OwnSerializers.of(config, below);
            this.serializers = own;
            this.codec = new Codec(own::get);
        } else {
            this.serializers = null;
            this.codec = Codec.of(system);
        }
        this.roundTrips = new RoundTrips(codec, settings::roundTrip);
        this.actors = system == null ? null : new ActorSystems(system);
    }

    /** The test is over. */
    public void close() {
        if (serializers != null) {
            serializers.close();
        }
    }

    public Turns turns() {
        return turns;
    }

    public VirtualTime time() {
        return time;
    }

    public Links links() {
        return links;
    }

    /** Where the durable topics of this node are stored. */
    public TestStore store(String node) {
        return stores.computeIfAbsent(node, first -> new TestStore());
    }

    Settings settings() {
        return settings;
    }

    Codec codec() {
        return codec;
    }

    RoundTrips roundTrips() {
        return roundTrips;
    }

    Optional<ActorSystems> actors() {
        return Optional.ofNullable(actors);
    }

    long nextUid() {
        return uids.incrementAndGet();
    }

    /** Thread-safe. */
    RandomGenerator random() {
        return this::nextRandom;
    }

    private synchronized long nextRandom() {
        return random.nextLong();
    }

    TopicSettings topic(String topic) {
        topics.add(topic);
        return settings.topic(topic);
    }

    /** How long it takes at most until a producer that is gone for good is announced as lost. */
    public Duration returnTimeout() {
        return longest(topic -> Math.max(topic.producerReturnNs(), topic.durable() ? topic.durableReturnNs() : 0));
    }

    /** How long a subscription waits at most to be ready. */
    public Duration readyTimeout() {
        return longest(TopicSettings::readyTimeoutNs);
    }

    /** How long a node that leaves waits at most for its consumers. */
    public Duration drainTimeout() {
        return longest(TopicSettings::drainTimeoutNs);
    }

    /** How long it takes at most until a store that failed is asked again. */
    public Duration storeBackoff() {
        return longest(topic -> topic.storeBackoff().maxNs());
    }

    /** Is it stored what is published to this topic? */
    public boolean isDurable(String topic) {
        return settings.topic(topic).durable();
    }

    private Duration longest(ToLongFunction<TopicSettings> which) {
        return Duration.ofNanos(topics.stream()
                .mapToLong(topic -> which.applyAsLong(settings.topic(topic)))
                .max()
                .orElse(0));
    }
}
