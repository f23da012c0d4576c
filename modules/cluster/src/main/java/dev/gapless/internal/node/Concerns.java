package dev.gapless.internal.node;

import dev.gapless.Health.Concern;
import dev.gapless.Health.Kind;
import dev.gapless.NodeStatus.TableReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What is wrong with a node that is a member, and since when. Looked at once a second, so that it is known since when also where nobody asks.
 * Thread-safe.
 */
final class Concerns {
    /** Of the tables that are wrong those that are named. */
    private static final int MOST_TABLES = 20;

    private final Supplier<Instant> now;
    private final Map<Kind, Instant> since = new EnumMap<>(Kind.class);

    Concerns(Supplier<Instant> now) {
        this.now = now;
    }

    /** What there is at this moment. */
    record Seen(
            Optional<String> otherCluster,
            boolean isOutnumbered,
            Optional<String> notStored,
            Map<String, Set<String>> givenUp,
            Map<String, List<TableReport>> tables) {}

    /** Notes what there is, and since when. */
    void look(Seen seen) {
        var unused = of(seen);
    }

    synchronized List<Concern> of(Seen seen) {
        List<Concern> concerns = new ArrayList<>();
        Kind cluster = seen.isOutnumbered() ? Kind.OUTNUMBERED : Kind.OTHER_CLUSTER;
        add(concerns, cluster, seen.otherCluster());
        since.remove(seen.isOutnumbered() ? Kind.OTHER_CLUSTER : Kind.OUTNUMBERED);
        add(concerns, Kind.STORE, seen.notStored().map(what -> "it cannot store " + what));
        add(concerns, Kind.GIVEN_UP, givenUp(seen.givenUp()));
        seen.tables()
                .forEach((topic, reports) -> reports.forEach(report -> {
                    if (concerns.size() < MOST_TABLES + Kind.values().length) {
                        table(topic, report).ifPresent(concerns::add);
                    }
                }));
        return concerns;
    }

    private void add(List<Concern> concerns, Kind kind, Optional<String> what) {
        if (what.isEmpty()) {
            since.remove(kind);
        } else {
            concerns.add(new Concern(kind, what.get(), since.computeIfAbsent(kind, first -> now.get())));
        }
    }

    private static Optional<String> givenUp(Map<String, Set<String>> givenUp) {
        return givenUp.isEmpty()
                ? Optional.empty()
                : Optional.of("its consumers gave up (gapless.register-backoff.attempts), by topic on these producers: "
                        + givenUp);
    }

    private static Optional<Concern> table(String topic, TableReport report) {
        String why = report.problem() == null ? "" : ": " + report.problem();
        if (report.state().equals("closed")) {
            return Optional.of(new Concern(
                    Kind.TABLE_CLOSED,
                    "a table of topic " + topic + " has closed, and shows old rows" + why,
                    report.since()));
        }
        return report.loaded() == null
                ? Optional.of(new Concern(
                        Kind.TABLE_NOT_LOADED,
                        "a table of topic " + topic + " has not loaded yet" + why,
                        report.since()))
                : Optional.empty();
    }
}
