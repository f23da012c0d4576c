package dev.gapless;

import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.internal.measure.Meters;
import dev.gapless.internal.measure.Meters.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** docs/metrics.md and the meters are the same, name by name, also as Prometheus shows them. */
class MetricsDocTest {
    private static final Path DOCUMENT = Path.of("../../docs/metrics.md");
    private static TestCluster cluster;
    private static String document;

    @BeforeAll
    static void start() throws IOException {
        document = Files.readString(DOCUMENT);
        cluster = TestCluster.of(1, "");
        Topic<Integer> topic = Topic.of("documented", Integer.class);
        get(cluster.gapless(0)
                .subscribe(topic, StartFrom.latest(), new Recorder<>())
                .ready());
        get(cluster.gapless(0).producer(topic).publish(1));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private record Row(String name, String prometheus, String type, String unit, String tags) {}

    private static List<Row> documented() {
        List<Row> rows = new ArrayList<>();
        for (String line : document.split("\n", -1)) {
            if (line.startsWith("| `gapless.")) {
                String[] cells = line.replace("`", "").split(" *\\| *", -1);
                assertEquals(9, cells.length, line);
                assertTrue(!cells[6].isEmpty() && !cells[7].isEmpty(), () -> "not explained: " + line);
                rows.add(new Row(cells[1], cells[2], cells[3], cells[4], cells[5]));
            }
        }
        return rows;
    }

    private static Row row(Meter meter, Set<String> scraped) {
        String type = switch (meter.kind()) {
            case COUNTER -> "counter";
            case TIMER -> "timer";
            default -> "gauge";
        };
        boolean time = meter.kind() == Meters.Kind.TIMER || meter.kind() == Meters.Kind.DURATION;
        String unit = time ? "seconds" : meter.unit() == null ? "" : meter.unit();
        String tags = meter.tag() == null ? "topic" : "topic, " + meter.tag().key();
        String base = meter.name().replace('.', '_');
        List<String> names = scraped.stream()
                .filter(name -> name.matches(base + "(_messages|_seconds|_bytes|_batches)?(_total)?"))
                .toList();
        assertEquals(1, names.size(), () -> meter.name() + " is scraped as " + names);
        return new Row(meter.name(), names.get(0), type, unit, tags);
    }

    /** The names of all families that Prometheus is shown. */
    private static Set<String> scraped() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (GaplessMetrics metrics = new GaplessMetrics(cluster.gapless(0))) {
            metrics.bindTo(registry);
            Set<String> names = new TreeSet<>();
            Matcher type = Pattern.compile("(?m)^# TYPE (\\S+) ").matcher(registry.scrape());
            while (type.find()) {
                names.add(type.group(1));
            }
            return names;
        }
    }

    @Test
    void everyMeterIsDocumentedAndEveryDocumentedOneExists() {
        Set<String> scraped = scraped();
        Set<Row> expected = new LinkedHashSet<>();
        Meters.all().forEach(meter -> expected.add(row(meter, scraped)));
        Meters.ofNode()
                .forEach(
                        meter -> expected.add(new Row(meter.name(), meter.name().replace('.', '_'), "gauge", "", "")));
        assertEquals(List.copyOf(expected), documented());
        assertEquals(
                scraped,
                new TreeSet<>(documented().stream().map(Row::prometheus).toList()));
        assertTrue(scraped.contains("gapless_order_violations_total"));
    }

    @Test
    void itsLineBindsThem() {
        ActorSystem system = cluster.system(0);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        // shown in docs/metrics.md
        new GaplessMetrics(Gapless.get(system)).bindTo(registry);
        // end
        assertFalse(registry.getMeters().isEmpty());
    }

    @Test
    void whateverElseTheDocumentNamesExists() {
        Set<String> names = scraped();
        Matcher named = Pattern.compile("gapless_\\w+").matcher(document);
        while (named.find()) {
            assertTrue(names.contains(named.group()), named::group);
        }
    }

    @Test
    void theNumberOfTimeSeriesForEachTopicIsTheDocumentedOne() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (GaplessMetrics metrics = new GaplessMetrics(cluster.gapless(0))) {
            metrics.bindTo(registry);
            int timers = (int) Meters.all().stream()
                    .filter(meter -> meter.kind() == Meters.Kind.TIMER)
                    .count();
            int series = registry.getMeters().size() - Meters.ofNode().size() + timers;
            assertTrue(document.contains("at most " + series + " for each"), () -> "there are " + series);
        }
    }
}
