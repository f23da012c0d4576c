package dev.gapless.durable;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.RuntimePluginConfig;
import scala.Option;

/** The events of one id in the journal: reads them all when it starts, and then takes more. It stops when the journal fails. */
abstract class StoredEvents extends AbstractPersistentActor implements RuntimePluginConfig {
    private final String id;

    StoredEvents(String id) {
        this.id = id;
    }

    /** One that is there; in order. */
    abstract void onEvent(long number, byte[] event);

    /** That was all. */
    abstract void onEnd();

    /** Reading has failed, or writing, or that is not known; for people. */
    abstract void onFailure(IllegalStateException problem);

    private void fail(Throwable cause) {
        onFailure(JournalPlugin.of(getContext().getSystem()).settings.problem(cause));
    }

    @Override
    public String persistenceId() {
        return id;
    }

    @Override
    public String journalPluginId() {
        return JournalSettings.PLUGIN;
    }

    @Override
    public String snapshotPluginId() {
        return "pekko.persistence.no-snapshot-store";
    }

    @Override
    public Config journalPluginConfig() {
        return JournalPlugin.of(getContext().getSystem()).config; // asked for while this is being made
    }

    @Override
    public Config snapshotPluginConfig() {
        return ConfigFactory.empty();
    }

    @Override
    public Receive createReceiveRecover() {
        return receiveBuilder()
                .match(byte[].class, event -> onEvent(lastSequenceNr(), event))
                .match(RecoveryCompleted.class, end -> onEnd())
                .matchAny(event -> onEvent(lastSequenceNr(), new byte[0])) // which no record has
                .build();
    }

    @Override
    public void onRecoveryFailure(Throwable cause, Option<Object> event) {
        fail(cause);
    }

    @Override
    public void onPersistFailure(Throwable cause, Object event, long number) {
        fail(cause);
    }

    @Override
    public void onPersistRejected(Throwable cause, Object event, long number) {
        fail(cause);
        getContext().stop(self());
    }
}
