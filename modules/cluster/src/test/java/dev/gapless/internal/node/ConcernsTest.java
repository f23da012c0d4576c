package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Health.Concern;
import dev.gapless.Health.Kind;
import dev.gapless.NodeStatus.TableReport;
import dev.gapless.internal.node.Concerns.Seen;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is wrong with a node, and since when; whatever becomes bad becomes good again. */
class ConcernsTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = BEGIN;
    private final Concerns concerns = new Concerns(() -> now);

    private static Seen seen(@Nullable String cluster, boolean outnumbered, @Nullable String store) {
        return new Seen(Optional.ofNullable(cluster), outnumbered, Optional.ofNullable(store), Map.of(), Map.of());
    }

    private static Seen table(String state, @Nullable Instant loaded) {
        TableReport report = new TableReport(state, BEGIN, 0, 0, loaded, false, 0, "why");
        return new Seen(Optional.empty(), false, Optional.empty(), Map.of(), Map.of("prices", List.of(report)));
    }

    private List<Kind> kinds(Seen seen) {
        return concerns.of(seen).stream().map(Concern::kind).toList();
    }

    @Test
    void isKnownSinceItBeganAndAnewWhenItComesBack() {
        assertEquals(List.of(), concerns.of(seen(null, false, null)));
        assertEquals(BEGIN, concerns.of(seen(null, false, "away")).get(0).since());
        now = BEGIN.plusSeconds(5);
        Concern later = concerns.of(seen(null, false, "full")).get(0);
        assertEquals(BEGIN, later.since());
        assertTrue(later.what().endsWith("full"), later::what);
        assertEquals(List.of(), concerns.of(seen(null, false, null)));
        assertEquals(now, concerns.of(seen(null, false, "away")).get(0).since());
    }

    @Test
    void ofTwoClustersOneIsToGiveWay() {
        assertEquals(List.of(Kind.OTHER_CLUSTER), kinds(seen("other", false, null)));
        now = BEGIN.plusSeconds(5);
        assertEquals(List.of(Kind.OUTNUMBERED), kinds(seen("other", true, null)));
        assertEquals(now, concerns.of(seen("other", true, null)).get(0).since());
        assertEquals(List.of(), kinds(seen(null, false, null)));
    }

    @Test
    void tablesAreClosedOrNotLoaded() {
        assertEquals(List.of(Kind.TABLE_CLOSED), kinds(table("closed", BEGIN)));
        assertEquals(List.of(Kind.TABLE_NOT_LOADED), kinds(table("stale", null)));
        assertEquals(List.of(), kinds(table("stale", BEGIN)), "it reloads behind a gap");
        assertEquals(List.of(), kinds(table("live", BEGIN)));
    }

    @Test
    void someTablesAreNamed() {
        List<TableReport> many =
                Collections.nCopies(1000, new TableReport("closed", BEGIN, 0, 0, BEGIN, false, 0, "why"));
        Seen all =
                new Seen(Optional.empty(), false, Optional.empty(), Map.of("t", Set.of("n")), Map.of("prices", many));
        List<Kind> kinds = kinds(all);
        assertEquals(Kind.GIVEN_UP, kinds.get(0));
        assertTrue(kinds.size() < 50, () -> String.valueOf(kinds.size()));
    }
}
