package dev.gapless.durable;

import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.typesafe.config.ConfigFactory;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.LogStoresProvider;
import java.nio.file.Path;
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

    @Test
    @DisplayName("a store that reads many records says in between that it goes on")
    void saysThatItGoesOn() throws InterruptedException {
        ActorSystem system = ActorSystem.create(
                "test", ConfigFactory.parseString("""
                        pekko { loglevel = OFF, stdout-loglevel = OFF, library-extensions = [], actor.provider = local }
                        gapless.journal { directory = "%s", sync = off }
                        """.formatted(directory)).withFallback(ConfigFactory.load()));
        try {
            LogStores stores = LogStoresProvider.find(
                    (ExtendedActorSystem) system, new LogStoresProvider.Owner("test", "n", 1, "", false));
            get(stores.open());
            stores.request("prices", new StoreRequest.Read(1, 1), answers::add);
            assertEquals(new StoreAnswer.Records(1, List.of()), next());
            List<LogRecord> all = new ArrayList<>();
            for (int i = 1; i <= 2 * StoredLog.SAYS_AFTER + 1; i++) {
                LogRecord record = new LogRecord.Mark(i, 1, 1, 0, List.of());
                all.add(record);
                stores.request("prices", new StoreRequest.Write(1 + i, record), answers::add);
                assertEquals(new StoreAnswer.Stored(1 + i), next());
            }
            stores.request("prices", new StoreRequest.Read(7, 1), answers::add);
            assertEquals(new StoreAnswer.Reading(7), next());
            assertEquals(new StoreAnswer.Reading(7), next());
            assertEquals(new StoreAnswer.Records(7, all), next());
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }
}
