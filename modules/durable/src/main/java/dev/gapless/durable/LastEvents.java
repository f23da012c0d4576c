package dev.gapless.durable;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * Snapshots of what its last event says whole. That event stays in the journal, and is read there: so nothing is stored here, and events before
 * it may be deleted.
 */
final class LastEvents extends SnapshotStore {
    static final String PLUGIN = "gapless.journal-last-events";
    static final Config CONFIG =
            ConfigFactory.parseString(PLUGIN + " { class = \"" + LastEvents.class.getName() + "\" }");

    private static Future<Void> nothing() {
        return FutureConverters.asScala(CompletableFuture.<Void>completedFuture(null));
    }

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String id, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(CompletableFuture.completedFuture(Optional.empty()));
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        return nothing();
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        return nothing();
    }

    @Override
    public Future<Void> doDeleteAsync(String id, SnapshotSelectionCriteria criteria) {
        return nothing();
    }
}
