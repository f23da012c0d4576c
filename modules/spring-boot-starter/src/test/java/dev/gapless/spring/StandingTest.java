package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gapless.Health;
import dev.gapless.Health.Concern;
import dev.gapless.Health.State;
import dev.gapless.Table;
import dev.gapless.TableStatus;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the health check says of a node and its tables. */
class StandingTest {
    private static final Instant SINCE = Instant.parse("2026-01-31T12:00:00Z");
    private static final Concern STORE = new Concern(Health.Kind.STORE, "the store is away", SINCE);

    private static Standing of(Health health, Map<String, Table<?>> tables) {
        return Standing.of("n1", health, tables);
    }

    private static Table<?> table(TableStatus.State state, boolean isReady, int failures, @Nullable Throwable cause) {
        TableStatus status = new TableStatus(state, SINCE, List.of(), false, failures, cause, null);
        CompletableFuture<Object> ready =
                isReady ? CompletableFuture.completedFuture(status) : new CompletableFuture<>();
        return (Table<?>) Proxy.newProxyInstance(
                Table.class.getClassLoader(),
                new Class<?>[] {Table.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "status" -> status;
                    case "ready" -> ready;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static String with(Table<?> table) {
        return of(new Health(State.UP, "it is a member"), Map.of("prices", table))
                .status();
    }

    @ParameterizedTest
    @CsvSource({
        "STARTING, OUT_OF_SERVICE",
        "UP, UP",
        "REMOVED, DOWN",
        "CLOSED, OUT_OF_SERVICE",
    })
    void saysHowTheNodeIs(State state, String expected) {
        assertThat(of(new Health(state, "why"), Map.of()).status()).isEqualTo(expected);
    }

    @Test
    void isOutOfServiceWhileTheNodeIsNotReadyAndUpAgainWhenItIs() {
        Health bad = new Health(State.DEGRADED, "the store is away", List.of(STORE), false);
        assertThat(of(bad, Map.of()).status()).isEqualTo(Standing.OUT_OF_SERVICE);
        Health ready = new Health(State.DEGRADED, "the store is away", List.of(STORE), true);
        assertThat(of(ready, Map.of()).status()).isEqualTo(Standing.UP);
        assertThat(of(new Health(State.UP, "it is a member"), Map.of()).status())
                .isEqualTo(Standing.UP);
    }

    @Test
    void waitsForTablesThatHaveNeverBeenCompleteAndForNoOthers() {
        assertThat(with(table(TableStatus.State.STALE, false, 2, null))).isEqualTo(Standing.OUT_OF_SERVICE);
        assertThat(with(table(TableStatus.State.LIVE, true, 0, null))).isEqualTo(Standing.UP);
        assertThat(with(table(TableStatus.State.STALE, true, 0, null))).isEqualTo(Standing.UP);
        assertThat(with(table(TableStatus.State.CLOSED, true, 0, null))).isEqualTo(Standing.DOWN);
    }

    @Test
    void isNotDownForTablesThatCloseWithTheNode() {
        Map<String, Table<?>> closed = Map.of("prices", table(TableStatus.State.CLOSED, true, 0, null));
        assertThat(of(new Health(State.CLOSED, "it leaves"), closed).status()).isEqualTo(Standing.OUT_OF_SERVICE);
    }

    @Test
    void tellsWhatIsWrong() {
        Table<?> table = table(TableStatus.State.STALE, false, 2, new IllegalStateException("no database"));
        Map<String, Object> details = of(
                        new Health(State.DEGRADED, "the store is away", List.of(STORE), true), Map.of("prices", table))
                .details();
        assertThat(details)
                .containsEntry("node", "n1")
                .containsEntry("state", State.DEGRADED)
                .containsEntry("reason", "the store is away")
                .containsEntry("concerns", List.of(STORE.toString()));
        assertThat(details.get("tables"))
                .asString()
                .contains("prices=LOADING since", "2 reads in a row", "no database");
        assertThat(of(new Health(State.UP, "it is a member"), Map.of()).details())
                .doesNotContainKeys("concerns", "tables");
    }
}
