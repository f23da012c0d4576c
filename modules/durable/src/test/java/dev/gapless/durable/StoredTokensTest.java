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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.LocalActorRef;
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
    @DisplayName("who opened a name last stores, and what comes late is not stored: on PostgreSQL")
    void whoOpenedLastStoresOnPostgres() {
        try (PostgresServer server = PostgresServer.start()) {
            use(server.config(), StoredTokensTest::whoOpenedLastStores);
        }
    }

    @Test
    @DisplayName("of many that open a name at once the last has it, and no token is lost")
    void ofManyAtOnceTheLastHasIt() {
        use("", tokens -> {
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
                    failed++; // its number was taken
                }
            }
            assertTrue(failed < 5, "nobody has it");
            long owning = 0;
            for (UUID owner : owners) {
                owning += get(tokens.store(NAME, owner, 0, "b", LONG)) ? 1 : 0;
            }
            assertEquals(1, owning);
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
            TestNode.await(() -> actors(system).stream().noneMatch(name -> name.startsWith("gapless-token-")));
            assertFalse(actors(system).isEmpty(), "it is looked where they are");
        });
    }

    /** Those of names. */
    private int rows() {
        JournalSettings settings = new JournalSettings(config());
        try (Connection connection = Tables.connect(settings, "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM \"gapless_journal\""
                        + " WHERE \"persistence_id\" LIKE '|_%' AND \"deleted\" = FALSE")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> actors(ActorSystem system) {
        LocalActorRef guardian = ((ExtendedActorSystem) system).provider().systemGuardian();
        List<String> names = new ArrayList<>();
        CollectionConverters.asJava(guardian.underlying().childrenRefs().children())
                .forEach(one -> names.add(one.path().name()));
        return names;
    }
}
