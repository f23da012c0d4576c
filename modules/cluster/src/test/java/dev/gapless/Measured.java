package dev.gapless;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;

/** A node's meters, bound to a registry of their own. */
final class Measured implements AutoCloseable {
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GaplessMetrics metrics;

    Measured(Gapless gapless) {
        metrics = new GaplessMetrics(gapless);
        metrics.bindTo(registry);
    }

    /** The number of this meter of a topic; of a timer how often, and the seconds under {@code Statistic.TOTAL_TIME}. */
    double value(String topic, String name, String... tags) {
        return value(Statistic.COUNT, topic, name, tags);
    }

    double seconds(String topic, String name) {
        return value(Statistic.TOTAL_TIME, topic, name);
    }

    private double value(Statistic statistic, String topic, String name, String... tags) {
        List<Double> found = new ArrayList<>();
        Meter meter = registry.find(name).tag("topic", topic).tags(tags).meter();
        if (meter == null) {
            return Double.NaN; // the topic has not appeared yet
        }
        meter.measure().forEach(measurement -> {
            boolean wanted = measurement.getStatistic() == statistic
                    || measurement.getStatistic() == Statistic.VALUE
                    || measurement.getStatistic() == Statistic.DURATION;
            if (wanted) {
                found.add(measurement.getValue());
            }
        });
        if (found.size() != 1) {
            throw new AssertionError(name + " has " + found);
        }
        return found.get(0);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
