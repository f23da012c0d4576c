package dev.gapless;

import dev.gapless.internal.measure.Meters;
import dev.gapless.internal.measure.Meters.Meter;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.measure.TopicStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's meters, for Micrometer; {@code docs/metrics.md} lists them, with what to do when one rises. Thread-safe. Only who
 * uses this class needs Micrometer ({@code io.micrometer:micrometer-core}) on the class path.
 *
 * <pre>{@code
 * new GaplessMetrics(Gapless.get(system)).bindTo(registry);
 * }</pre>
 *
 * <p>Each meter but {@code gapless.other.clusters} has the tag {@code topic}: for the topics with the most traffic on this node, up to {@code
 * gapless.metrics.max-topics}; all others together are {@code other}. Further tags (reason, state, ring) have a fixed set of
 * values. No tag ever comes from a message, a key, a token or another node.
 *
 * <p>What it costs: Counters are counted whether or not anybody binds them, by an addition that threads do not wait for (two for
 * a publish, one for a delivery, three for a batch). Gauges are looked up when the registry reads them, in time proportional to
 * the node's subscriptions and, for {@code other}, topics. Only {@code gapless.handler.time} makes the way of a message longer,
 * by two looks at the clock for each delivery, and only while it is bound; deny it with a {@code MeterFilter} to hide it, or
 * close this to stop it.
 */
public final class GaplessMetrics implements MeterBinder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GaplessMetrics.class);

    private final NodeStats stats;
    private final Tags tags;
    private final List<Meter> meters = Meters.all();
    private final Map<MeterRegistry, Bound> bound = new HashMap<>();

    /** What was registered with one registry. */
    private final class Bound implements NodeStats.Watcher {
        private final MeterRegistry registry;
        private final List<io.micrometer.core.instrument.Meter> ofNode = new ArrayList<>();
        private final Map<TopicStats, List<io.micrometer.core.instrument.Meter>> ofTopics = new HashMap<>();
        /** It may be told so before it was told of them. */
        private final Set<TopicStats> vanishedBefore = new HashSet<>();

        private boolean closed;

        Bound(MeterRegistry registry) {
            this.registry = registry;
        }

        synchronized void registerNode() {
            try {
                for (Meters.NodeMeter meter : Meters.ofNode()) {
                    ofNode.add(Gauge.builder(meter.name(), stats, meter.value()::applyAsLong)
                            .tags(tags)
                            .description(meter.description())
                            .register(registry));
                }
            } catch (RuntimeException e) {
                LOG.error("The meters of this node cannot be registered with {}", registry, e);
            }
        }

        @Override
        public synchronized void appeared(TopicStats topic) {
            if (closed || vanishedBefore.remove(topic)) {
                return;
            }
            ofTopics.keySet().stream() // an earlier time of this topic, whose end has not been told yet
                    .filter(shown -> shown.topic().equals(topic.topic()))
                    .toList()
                    .forEach(this::vanished);
            List<io.micrometer.core.instrument.Meter> registered = new ArrayList<>();
            ofTopics.put(topic, registered);
            try {
                meters.forEach(meter -> registered.add(register(meter, topic)));
            } catch (RuntimeException e) {
                // A filter or a registry of the application's; what is measured goes on without it.
                LOG.error("Topic {}: its meters cannot be registered with {}", topic.topic(), registry, e);
            }
        }

        @Override
        public synchronized void vanished(TopicStats topic) {
            List<io.micrometer.core.instrument.Meter> registered = ofTopics.remove(topic);
            if (registered == null) {
                vanishedBefore.add(topic);
            } else {
                registered.forEach(registry::remove);
            }
        }

        private io.micrometer.core.instrument.Meter register(Meter meter, TopicStats topic) {
            ToLongFunction<TopicStats> value = meter.value();
            Tags all = tags.and("topic", topic.topic());
            Meters.Tag more = meter.tag();
            if (more != null) {
                all = all.and(more.key(), more.value());
            }
            ToLongFunction<TopicStats> times = meter.times();
            if (times != null) {
                return FunctionTimer.builder(meter.name(), topic, times, value::applyAsLong, TimeUnit.NANOSECONDS)
                        .tags(all)
                        .description(meter.description())
                        .register(registry);
            }
            return switch (meter.kind()) {
                case COUNTER ->
                    FunctionCounter.builder(meter.name(), topic, value::applyAsLong)
                            .tags(all)
                            .baseUnit(meter.unit())
                            .description(meter.description())
                            .register(registry);
                case DURATION ->
                    TimeGauge.builder(meter.name(), topic, TimeUnit.NANOSECONDS, value::applyAsLong)
                            .tags(all)
                            .description(meter.description())
                            .register(registry);
                default ->
                    Gauge.builder(meter.name(), topic, value::applyAsLong)
                            .tags(all)
                            .baseUnit(meter.unit())
                            .description(meter.description())
                            .register(registry);
            };
        }

        synchronized void close() {
            closed = true;
            ofNode.forEach(registry::remove);
            ofTopics.values().forEach(registered -> registered.forEach(registry::remove));
            ofTopics.clear();
        }
    }

    /**
     * The meters of this node.
     *
     * @param gapless the node
     */
    public GaplessMetrics(Gapless gapless) {
        this(gapless, Tags.empty());
    }

    /**
     * The meters of this node, each with these tags: where one registry takes several actor systems, a tag must tell them apart.
     *
     * @param gapless the node
     * @param tags of every meter, beside those that it has of its own
     */
    public GaplessMetrics(Gapless gapless, Iterable<Tag> tags) {
        this.stats = Objects.requireNonNull(gapless, "gapless must not be null").stats();
        this.tags = Tags.of(tags);
    }

    /** Registers the meters of the topics there are, and of those that come. A registry that has them already keeps them. */
    @Override
    public void bindTo(MeterRegistry registry) {
        Bound added = new Bound(registry);
        synchronized (bound) {
            if (bound.putIfAbsent(registry, added) != null) {
                return;
            }
        }
        added.registerNode();
        stats.timeHandlers(true);
        stats.watch(added);
    }

    /** Takes the meters off the registries. Repeating it is harmless. */
    @Override
    public void close() {
        List<Bound> all;
        synchronized (bound) {
            all = List.copyOf(bound.values());
            bound.clear();
        }
        for (Bound one : all) {
            stats.unwatch(one);
            one.close();
            stats.timeHandlers(false);
        }
    }
}
