package dev.gapless.bench.peer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.durable.JournalPlugin;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.RuntimePluginConfig;

/** A persistent actor that does nothing but persist, with the database and settings of durable topics. Thread-safe. */
public final class BareJournal {
    /** As many events in one write are stored at the highest rate: of 64, 512 and 4,096, on H2. */
    public static final int BEST_BATCH = 512;

    private final ActorRef actor;

    private BareJournal(ActorRef actor) {
        this.actor = actor;
    }

    private record Store(List<byte[]> messages, CompletableFuture<Void> stored) {}

    /** A new one. */
    public static BareJournal of(ActorSystem system) {
        return new BareJournal(system.actorOf(Props.create(Events.class, Events::new)));
    }

    /** Persists the message that many times, in one write. */
    public CompletionStage<Void> store(byte[] message, int times) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        actor.tell(new Store(Collections.nCopies(times, message), stored), ActorRef.noSender());
        return stored;
    }

    private static final class Events extends AbstractPersistentActor implements RuntimePluginConfig {
        private static final String ID = "bare";

        @Override
        public String persistenceId() {
            return ID;
        }

        @Override
        public String journalPluginId() {
            return JournalPlugin.ID;
        }

        @Override
        public Config journalPluginConfig() {
            return JournalPlugin.config(getContext().getSystem());
        }

        @Override
        public String snapshotPluginId() {
            return "pekko.persistence.no-snapshot-store";
        }

        @Override
        public Config snapshotPluginConfig() {
            return ConfigFactory.empty();
        }

        @Override
        public Receive createReceiveRecover() {
            return receiveBuilder().build();
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder().match(Store.class, this::store).build();
        }

        private void store(Store store) {
            AtomicInteger left = new AtomicInteger(store.messages().size());
            persistAll(store.messages(), event -> {
                if (left.decrementAndGet() == 0) {
                    store.stored().complete(null);
                }
            });
        }
    }
}
