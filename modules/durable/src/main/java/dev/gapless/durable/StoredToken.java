package dev.gapless.durable;

import com.typesafe.config.Config;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.DeleteEventsCompleted;
import org.apache.pekko.persistence.typed.DeleteEventsFailed;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.JournalPersistRejected;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/** Reads what is stored of a named subscription, stores a token behind it, if that may be, and ends. */
final class StoredToken extends EventSourcedBehavior<StoredToken.Step, byte[], byte[]> {
    private static final byte FORMAT = 1;
    private static final int HEAD_BYTES = 1 + 4 * Long.BYTES;
    private static final byte[] NOTHING = {};

    /** When the journal fails it stops without a word: who asked is told, and asks again. */
    private static final BackoffSupervisorStrategy QUIETLY = SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(1), Duration.ofMillis(1), 0)
            .withMaxRestarts(0)
            .withLoggingEnabled(false);

    private final ActorContext<Step> context;
    private final JournalPlugin journal;
    private final Change change;
    private final CompletableFuture<Row> done;
    /** Is its token the first? */
    private boolean isFirst;

    /** What it does next. */
    enum Step {
        CHANGE,
        END
    }

    /**
     * What is wanted.
     *
     * @param number that of the token
     * @param token null: the name is to be taken over, with the token that it has
     * @param untilNs nothing is stored later
     */
    record Change(UUID owner, long number, @Nullable String token, long untilNs) {}

    /**
     * An event: its format (1), who stored it (16 bytes), its number, when that was, in milliseconds since 1970 (8 bytes each, big-endian), and
     * the token.
     *
     * @param token empty if there is none
     */
    record Row(UUID owner, long number, long timeMs, String token) {
        private static final Row NONE = new Row(new UUID(0, 0), 0, 0, "");

        byte[] toBytes() {
            byte[] text = token.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(HEAD_BYTES + text.length)
                    .put(FORMAT)
                    .putLong(owner.getMostSignificantBits())
                    .putLong(owner.getLeastSignificantBits())
                    .putLong(number)
                    .putLong(timeMs)
                    .put(text)
                    .array();
        }

        /** Throws IllegalStateException for what is none, or of another version. */
        static Row read(byte[] bytes) {
            if (bytes.length < HEAD_BYTES || bytes[0] != FORMAT) {
                throw new IllegalStateException("A stored token is damaged, or of another version of Gapless."
                        + " gapless journal drop --subscription deletes it");
            }
            ByteBuffer head = ByteBuffer.wrap(bytes, 1, HEAD_BYTES - 1);
            UUID owner = new UUID(head.getLong(), head.getLong());
            return new Row(
                    owner,
                    head.getLong(),
                    head.getLong(),
                    new String(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES, StandardCharsets.UTF_8));
        }

        /** What is to be stored behind this, or null if nothing is. */
        @Nullable Row next(Change change, long nowMs) {
            boolean isIts = owner.equals(change.owner());
            if (change.token() == null) {
                return isIts ? null : new Row(change.owner(), 0, nowMs, token);
            }
            return isIts && number < change.number()
                    ? new Row(change.owner(), change.number(), nowMs, change.token())
                    : null;
        }
    }

    private StoredToken(ActorContext<Step> context, String id, Change change, CompletableFuture<Row> done) {
        super(PersistenceId.ofUniqueId(id), QUIETLY);
        this.context = context;
        this.journal = JournalPlugin.of(context.getSystem().classicSystem());
        this.change = change;
        this.done = done;
    }

    /**
     * Begins at once.
     *
     * @param done gets what is stored then
     */
    static Behavior<Step> create(String id, Change change, CompletableFuture<Row> done) {
        return Behaviors.setup(context -> {
            context.getSelf().tell(Step.CHANGE); // it comes when all was read
            return new StoredToken(context, id, change, done);
        });
    }

    // ------------------------------------------------------------------ what is there

    @Override
    public byte[] emptyState() {
        return NOTHING;
    }

    /** The last event says it all. */
    @Override
    public EventHandler<byte[], byte[]> eventHandler() {
        return (before, event) -> event;
    }

    // ------------------------------------------------------------------ what is stored

    @Override
    public CommandHandler<Step, byte[], byte[]> commandHandler() {
        return (there, step) -> {
            try {
                return step == Step.CHANGE ? change(there) : Effect().stop();
            } catch (IllegalStateException e) {
                done.completeExceptionally(e);
                return Effect().stop();
            }
        };
    }

    private Effect<byte[], byte[]> change(byte[] there) {
        Row row = there.length == 0 ? Row.NONE : Row.read(there);
        Row next = row.next(change, System.currentTimeMillis());
        if (next == null) {
            done.complete(row);
            return Effect().stop();
        } else if (System.nanoTime() - change.untilNs() >= 0) {
            throw new IllegalStateException("The store took too long (gapless.store-timeout)");
        }
        isFirst = there.length == 0;
        return Effect().persist(next.toBytes()).thenRun(stored -> done.complete(next));
    }

    /** All but the last event goes: see {@link LastEvents}. */
    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(1, 1).withDeleteEventsOnSnapshot();
    }

    @Override
    public SignalHandler<byte[]> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryFailed.class, (there, failed) -> fail(failed.getFailure()))
                .onSignal(JournalPersistFailed.class, (there, failed) -> fail(failed.getFailure()))
                .onSignal(JournalPersistRejected.class, (there, failed) -> fail(failed.getFailure()))
                .onSignal(SnapshotCompleted.class, (there, snapshot) -> {
                    if (isFirst) { // nothing is deleted
                        context.getSelf().tell(Step.END);
                    }
                })
                .onSignal(
                        DeleteEventsCompleted.class,
                        (there, gone) -> context.getSelf().tell(Step.END))
                .onSignal(
                        DeleteEventsFailed.class,
                        (there, stay) -> context.getSelf().tell(Step.END)) // they go with the next
                .build();
    }

    private void fail(Throwable cause) {
        done.completeExceptionally(journal.settings.problem(cause));
    }

    // ------------------------------------------------------------------ where

    @Override
    public String journalPluginId() {
        return JournalSettings.PLUGIN;
    }

    @Override
    public Optional<Config> journalPluginConfig() {
        return Optional.of(journal.config);
    }

    @Override
    public String snapshotPluginId() {
        return LastEvents.PLUGIN;
    }

    @Override
    public Optional<Config> snapshotPluginConfig() {
        return Optional.of(LastEvents.CONFIG);
    }
}
