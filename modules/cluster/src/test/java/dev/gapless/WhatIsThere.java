package dev.gapless;

import static dev.gapless.TestCluster.get;

import dev.gapless.NodeStatus.TopicStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefWithCell;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What stands on the nodes of a cluster at a moment.
 *
 * @param actors how many there are, by their paths without numbers
 * @param topics what the status of each node says of each topic
 * @param meters of this registry, by name: the sums over all topics
 * @param rows of stores
 */
record WhatIsThere(Map<String, Integer> actors, List<String> topics, Map<String, Double> meters, int rows) {
    private static final List<String> METERS =
            List.of("gapless.subscriptions", "gapless.table.rows", "gapless.cursors", "gapless.publish.waiting");

    static WhatIsThere of(List<ActorSystem> systems, SimpleMeterRegistry registry, int rows) {
        Map<String, Integer> actors = new TreeMap<>();
        for (ActorSystem system : systems) {
            var provider = ((ExtendedActorSystem) system).provider();
            count(provider.guardian(), actors);
            count(provider.systemGuardian(), actors);
        }
        List<String> topics = get(Gapless.get(systems.get(0)).status(Duration.ofSeconds(10))).stream()
                .flatMap(node -> node.topics().stream()
                        .map(WhatIsThere::text)
                        .filter(text -> !text.isEmpty())
                        .map(text -> node.node() + " " + text))
                .sorted()
                .toList();
        Map<String, Double> meters = new TreeMap<>();
        for (String name : METERS) {
            double sum = registry.find(name).gauges().stream()
                    .mapToDouble(Gauge::value)
                    .sum();
            meters.put(name, sum);
        }
        meters.put("all", (double) registry.getMeters().size());
        return new WhatIsThere(actors, topics, meters, rows);
    }

    private static void count(ActorRef actor, Map<String, Integer> counts) {
        if (actor instanceof ActorRefWithCell one) {
            String path = actor.path().toStringWithoutAddress().replaceAll("\\$.*|[0-9]+", "#");
            counts.merge(path, 1, Integer::sum);
            CollectionConverters.asJava(one.underlying().childrenRefs().children())
                    .forEach(child -> count(child, counts));
        }
    }

    /** Nothing if nobody takes part in it: a topic that is not used is forgotten after a while. */
    private static String text(TopicStatus topic) {
        var producer = topic.producer();
        var consumer = topic.consumer();
        int cursors = producer == null ? 0 : producer.cursors().size();
        int waiting = producer == null ? 0 : producer.waitingPublishes();
        int subscriptions = consumer == null ? 0 : consumer.subscriptionCount();
        int tables = topic.tables().size();
        return cursors + waiting + subscriptions + tables == 0
                ? ""
                : "%s: %d cursors, %d wait, %d subscriptions, %d tables"
                        .formatted(topic.topic(), cursors, waiting, subscriptions, tables);
    }

    /** Nor are there things that were not. */
    boolean isNoMoreThan(WhatIsThere before) {
        return actors.entrySet().stream().allMatch(one -> one.getValue() <= before.actors.getOrDefault(one.getKey(), 0))
                && before.topics.containsAll(topics)
                && meters.entrySet().stream()
                        .allMatch(one -> one.getValue() <= before.meters.getOrDefault(one.getKey(), 0.0))
                && rows <= before.rows;
    }

    static int threads() {
        return Thread.activeCount();
    }

    /** Where the system says it. */
    static int files() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }
}
