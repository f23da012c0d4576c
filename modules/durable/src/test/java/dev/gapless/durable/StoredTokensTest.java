package dev.gapless.durable;

import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.store.TokenStore.Name;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.LocalActorRef;
import org.apache.pekko.actor.Props;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** A store of tokens, and who may store. */
@Timeout(120)
class StoredTokensTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Name NAME = new Name("prices", "billing");
    private static final UUID ONE = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);

    @TempDir
    Path directory;

    private interface Use {
        void of(TokenStore tokens);
    }

    private Config config() {
        return ConfigFactory.parseString("""
                pekko { loglevel = OFF, stdout-loglevel = OFF, library-extensions = [], actor.provider = local }
                gapless.journal.directory = "%s"
                """.formatted(directory)).withFallback(ConfigFactory.load());
    }

    private void use(String config, Use what) {
        useIn(config, (system, tokens) -> what.of(tokens));
    }

    private interface UseInSystem {
        void of(ActorSystem system, TokenStore tokens);
    }

    private void useIn(String config, UseInSystem what) {
        ActorSystem system =
                ActorSystem.create("test", ConfigFactory.parseString(config).withFallback(config()));
        try {
            what.of(
                    system,
                    LogStoresProvider.find((ExtendedActorSystem) system)
                            .orElseThrow()
                            .tokens((ExtendedActorSystem) system, "test", "n"));
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }

    private static void whoOpenedLastStores(TokenStore tokens) {
        assertEquals("", get(tokens.open(NAME, ONE, LONG)));
        assertTrue(get(tokens.store(NAME, ONE, 1, "a", LONG)));
        assertTrue(get(tokens.store(NAME, ONE, 3, "c", LONG)));
        assertTrue(get(tokens.store(NAME, ONE, 2, "b", LONG)), "it comes late, and is not stored");
        assertEquals("", get(tokens.open(new Name("prices", "other"), OTHER, LONG)));
        assertEquals("c", get(tokens.open(NAME, OTHER, LONG)));
        assertFalse(get(tokens.store(NAME, ONE, 4, "d", LONG)));
        assertTrue(get(tokens.store(NAME, OTHER, 1, "e", LONG)));
        assertFalse(get(tokens.store(NAME, ONE, 5, "f", LONG)));
        assertEquals("e", get(tokens.open(NAME, OTHER, LONG)), "as after an opening whose answer was lost");
    }

    @Test
    @DisplayName("who opened a name last stores, and what comes late is not stored: on H2, over a restart")
    void whoOpenedLastStores() {
        use("", StoredTokensTest::whoOpenedLastStores);
        use("", tokens -> assertEquals("e", get(tokens.open(NAME, ONE, LONG))));
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("who opened a name last stores, and what comes late is not stored: on PostgreSQL")
    void whoOpenedLastStoresOnPostgres() {
        try (PostgresServer server = PostgresServer.start()) {
            use(server.config(), StoredTokensTest::whoOpenedLastStores);
        }
    }

    @Test
    @DisplayName("of many that open a name at once the last has it, and no token is lost")
    void ofManyAtOnceTheLastHasIt() {
        useIn("", (system, tokens) -> {
            get(tokens.open(NAME, ONE, LONG));
            get(tokens.store(NAME, ONE, 1, "a", LONG));
            List<UUID> owners = new ArrayList<>();
            List<CompletableFuture<String>> opened = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                UUID owner = new UUID(3, i);
                owners.add(owner);
                opened.add(tokens.open(NAME, owner, LONG).toCompletableFuture());
            }
            long failed = 0;
            for (CompletableFuture<String> one : opened) {
                try {
                    assertEquals("a", get(one));
                } catch (CompletionException e) {
                    assertInstanceOf(IllegalStateException.class, e.getCause(), "it is said");
                    failed++; // its number was taken
                }
            }
            assertTrue(failed < 5, "nobody has it");
            long owning = 0;
            for (UUID owner : owners) {
                owning += get(tokens.store(NAME, owner, 0, "b", LONG)) ? 1 : 0;
            }
            assertEquals(1, owning);
            TestNode.await(() -> nobodyIsAtWork(system));
        });
    }

    @Test
    @DisplayName("what is too late is not stored")
    void whatIsTooLateIsNotStored() {
        use("", tokens -> {
            get(tokens.open(NAME, ONE, LONG));
            CompletionException late = assertThrows(
                    CompletionException.class, () -> get(tokens.store(NAME, ONE, 1, "a", Duration.ofNanos(1))));
            assertInstanceOf(IllegalStateException.class, late.getCause());
            assertTrue(late.getMessage().contains("gapless.store-timeout"), late::getMessage);
            assertEquals("", get(tokens.open(NAME, ONE, LONG)));
        });
    }

    @Test
    @DisplayName("a token takes the place of the one before: one row stays for each name, and no actor")
    void nothingElseStays() {
        useIn("", (system, tokens) -> {
            get(tokens.open(NAME, ONE, LONG));
            for (int i = 1; i <= 10; i++) {
                assertTrue(get(tokens.store(NAME, ONE, i, "token " + i, LONG)));
            }
            get(tokens.open(new Name("prices", "other"), OTHER, LONG));
            TestNode.await(() -> rows() == 2);
            TestNode.await(() -> nobodyIsAtWork(system));
            assertFalse(actors(system).isEmpty(), "it is looked where they are");
        });
    }

    @Test
    @DisplayName("a token costs six statements: two that read, one that writes, and three that delete the one before")
    void aTokenCostsSixStatements() {
        int tokens = 10;
        useIn("", (system, store) -> {
            get(store.open(NAME, ONE, LONG));
            assertTrue(get(store.store(NAME, ONE, 1, "first", LONG)));
            TestNode.await(() -> nobodyIsAtWork(system));
            Connection connection = connection();
            execute(connection, "SET QUERY_STATISTICS TRUE");
            for (int i = 2; i <= tokens + 1; i++) {
                assertTrue(get(store.store(NAME, ONE, i, "token " + i, LONG)));
            }
            TestNode.await(() -> nobodyIsAtWork(system));
            Map<String, Long> statements = statements(connection);
            assertEquals(
                    6L * tokens, statements.values().stream().mapToLong(n -> n).sum(), statements::toString);
            long rows =
                    count(connection, "SELECT COUNT(*) FROM \"gapless_journal\" WHERE \"persistence_id\" LIKE '|_%'");
            assertEquals(2, rows, "the last one, and one that says that it is deleted");
            close(connection);
        });
    }

    @Test
    @DisplayName("a token that a classic actor stored is read, and one of another version is refused")
    void whatIsThereIsReadOrRefused() {
        useIn("", (system, tokens) -> {
            get(tokens.open(new Name("prices", "first"), ONE, LONG)); // the tables are there
            append(system, new StoredToken.Row(OTHER, 7, 1, "of before").toBytes());
            assertEquals("of before", get(tokens.open(NAME, ONE, LONG)));
            assertTrue(get(tokens.store(NAME, ONE, 1, "a", LONG)));
            byte[] newer = new StoredToken.Row(OTHER, 8, 1, "of a later version").toBytes();
            newer[0]++; // its format
            append(system, newer);
            CompletionException refused =
                    assertThrows(CompletionException.class, () -> get(tokens.open(NAME, OTHER, LONG)));
            assertTrue(refused.getMessage().contains("journal drop --subscription"), refused::getMessage);
            TestNode.await(() -> nobodyIsAtWork(system));
        });
    }

    private static void append(ActorSystem system, byte[] event) {
        CompletableFuture<StoreStarts.Done> done = new CompletableFuture<>();
        Function<List<byte[]>, byte[]> next = found -> event;
        system.actorOf(Props.create(StoreStarts.class, LogIds.subscription(NAME.topic(), NAME.name()), next, 1, done));
        get(done);
    }

    private static boolean nobodyIsAtWork(ActorSystem system) {
        return actors(system).stream().noneMatch(name -> name.startsWith("gapless-token-"));
    }

    private Connection connection() {
        try {
            return Tables.connect(new JournalSettings(config()), "");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Those about the journal, and how often each was executed. */
    private static Map<String, Long> statements(Connection connection) {
        Map<String, Long> all = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet each = statement.executeQuery(
                        "SELECT SQL_STATEMENT, EXECUTION_COUNT FROM INFORMATION_SCHEMA.QUERY_STATISTICS")) {
            while (each.next()) {
                if (each.getString(1).contains("gapless_journal")) {
                    all.put(each.getString(1), each.getLong(2));
                }
            }
            return all;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static long count(Connection connection, String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Those of names. */
    private long rows() {
        Connection connection = connection();
        long rows = count(
                connection,
                "SELECT COUNT(*) FROM \"gapless_journal\" WHERE \"persistence_id\" LIKE '|_%' AND \"deleted\" = FALSE");
        close(connection);
        return rows;
    }

    private static List<String> actors(ActorSystem system) {
        LocalActorRef guardian = ((ExtendedActorSystem) system).provider().systemGuardian();
        List<String> names = new ArrayList<>();
        CollectionConverters.asJava(guardian.underlying().childrenRefs().children())
                .forEach(one -> names.add(one.path().name()));
        return names;
    }
}
