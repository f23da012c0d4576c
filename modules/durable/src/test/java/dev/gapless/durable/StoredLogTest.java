package dev.gapless.durable;

import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.LogStoresProvider;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a log's store answers. */
@Timeout(120)
class StoredLogTest {
    private final LinkedBlockingQueue<StoreAnswer> answers = new LinkedBlockingQueue<>();

    @TempDir
    Path directory;

    private StoreAnswer next() throws InterruptedException {
        StoreAnswer answer = answers.poll(30, TimeUnit.SECONDS);
        assertInstanceOf(StoreAnswer.class, answer, "nothing was answered");
        return answer;
    }

    private interface Use {
        void of(LogStores stores) throws InterruptedException;
    }

    /** As the incarnation with this number. */
    private void use(long uid, String more, Use what) throws InterruptedException {
        ActorSystem system = ActorSystem.create(
                "test", ConfigFactory.parseString(more).withFallback(config()).withFallback(ConfigFactory.load()));
        try {
            LogStores stores = LogStoresProvider.find(
                    (ExtendedActorSystem) system, new LogStoresProvider.Owner("test", "n", uid, "", false));
            get(stores.open());
            what.of(stores);
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }

    private Config config() {
        return ConfigFactory.parseString("""
                pekko { loglevel = OFF, stdout-loglevel = OFF, library-extensions = [], actor.provider = local }
                gapless.journal { directory = "%s", sync = off }
                """.formatted(directory));
    }

    /** The numbers of what is stored under this id. */
    private List<Long> rows(String id) {
        JournalSettings settings = new JournalSettings(config().withFallback(ConfigFactory.load()));
        try (Connection connection = Tables.connect(settings, "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT \"sequence_number\" FROM \"gapless_journal\" WHERE \"persistence_id\" = '" + id
                                + "' AND \"deleted\" = FALSE ORDER BY 1")) {
            List<Long> numbers = new ArrayList<>();
            while (rows.next()) {
                numbers.add(rows.getLong(1));
            }
            return numbers;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Marks with the numbers from 1 on. */
    private List<LogRecord> write(LogStores stores, int count) throws InterruptedException {
        stores.request("prices", new StoreRequest.Read(1, 1), answers::add);
        assertEquals(new StoreAnswer.Records(1, List.of()), next());
        List<LogRecord> all = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            LogRecord record = new LogRecord.Mark(i, 1, 1, 0, List.of());
            all.add(record);
            stores.request("prices", new StoreRequest.Write(1 + i, record), answers::add);
            assertEquals(new StoreAnswer.Stored(1 + i), next());
        }
        return all;
    }

    @Test
    @DisplayName("a store that reads many records says in between that it goes on")
    void saysThatItGoesOn() throws InterruptedException {
        use(1, "", stores -> {
            List<LogRecord> all = write(stores, 2 * StoredLog.SAYS_AFTER + 1);
            stores.request("prices", new StoreRequest.Read(7, 1), answers::add);
            assertEquals(new StoreAnswer.Reading(7), next());
            assertEquals(new StoreAnswer.Reading(7), next());
            assertEquals(new StoreAnswer.Records(7, all), next());
        });
    }

    @Test
    @DisplayName("what is dropped leaves the database, and what is behind it stays")
    void whatIsDroppedIsGone() throws InterruptedException {
        use(1, "", stores -> {
            List<LogRecord> all = write(stores, 5);
            stores.request("prices", new StoreRequest.Drop(3), answers::add);
            TestNode.await(() -> rows("n|prices").equals(List.of(4L, 5L)));
            stores.request("prices", new StoreRequest.Read(7, 1), answers::add);
            assertEquals(new StoreAnswer.Records(7, all.subList(3, 5)), next());
        });
    }

    @Test
    @DisplayName("of the starts of a node so many are kept as starts-kept says")
    void onlySoManyStartsAreKept() throws InterruptedException {
        String few = "gapless.journal.starts-kept = 2";
        use(1, few, stores -> {});
        use(2, few, stores -> {});
        use(3, few, stores -> TestNode.await(() -> rows("n|").equals(List.of(2L, 3L))));
    }
}
