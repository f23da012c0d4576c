package dev.gapless.durable;

import dev.gapless.core.log.Generation;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.store.TakeOver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.jspecify.annotations.Nullable;

/** The logs of a node in a database, through pekko-persistence-jdbc. Thread-safe. */
final class Journal implements LogStores {
    private static final String FORMAT = "gapless 1";

    private final ExtendedActorSystem system;
    private final JournalSettings settings;
    private final Tables tables;
    private final String clusterId;
    private final String nodeName;
    private final Start start;
    private final Executor blocking;
    /** By topic: what reads or writes its log now. */
    private final Map<String, ActorRef> logs = new ConcurrentHashMap<>();

    Journal(ExtendedActorSystem system, LogStoresProvider.Owner owner) {
        this.system = system;
        JournalPlugin plugin = JournalPlugin.of(system);
        this.settings = plugin.settings;
        this.tables = new Tables(settings, plugin.file);
        this.clusterId = owner.clusterId();
        this.nodeName = owner.nodeName();
        this.start = new Start(owner.uid(), owner.durable(), owner.single());
        this.blocking = system.dispatchers().lookup("pekko.actor.default-blocking-io-dispatcher");
    }

    // ------------------------------------------------------------------ whose it is

    @Override
    public CompletionStage<Generation> open() {
        return check().thenCompose(owned -> append(
                        LogIds.starts(nodeName),
                        found -> start.isLastOf(found) ? null : start.behind(found, System.currentTimeMillis()),
                        settings.startsKept))
                .thenApply(starts -> new Generation(
                        starts.number(), start.before(starts.events()), start.history(starts.events(), nodeName)));
    }

    /** Has the tables made, and checks whose the store is. Fails as {@link #open} does. */
    CompletionStage<?> check() {
        return CompletableFuture.runAsync(tables::check, blocking)
                .thenCompose(there -> append(LogIds.OWNER, this::owner, 1));
    }

    /** Whose the store is: the cluster's, and if it is embedded the node's. Throws IllegalStateException if it is another's. */
    private byte @Nullable [] owner(List<byte[]> found) {
        String node = settings.database == JournalSettings.Database.H2 ? nodeName : "";
        String own = String.join("\n", FORMAT, clusterId, node);
        if (found.isEmpty()) {
            return own.getBytes(StandardCharsets.UTF_8);
        }
        String its = new String(found.get(found.size() - 1), StandardCharsets.UTF_8);
        if (its.equals(own)) {
            return null;
        }
        String[] lines = its.split("\n", -1);
        if (lines.length != 3 || !lines[0].equals(FORMAT)) {
            throw new IllegalStateException(settings.named() + " is of another version of Gapless: " + lines[0]
                    + ", and this one has " + FORMAT + ". Start that version, or name another store (gapless.journal)");
        }
        throw new IllegalStateException(
                settings.named() + " is of cluster " + lines[1]
                        + (lines[2].isEmpty() ? "" : ", node " + lines[2]) + ", and this is cluster " + clusterId
                        + (node.isEmpty() ? "" : ", node " + node)
                        + ". Name the right one in gapless.journal, or the node and cluster as they were (gapless.node-name, gapless.cluster-id)");
    }

    private CompletionStage<StoreStarts.Done> append(
            String id, Function<List<byte[]>, byte @Nullable []> next, int kept) {
        CompletableFuture<StoreStarts.Done> done = new CompletableFuture<>();
        start(StoreStarts.class, id, next, kept, done);
        return done;
    }

    @Override
    public String named() {
        return settings.named();
    }

    @Override
    public Optional<TakeOver> takeOver() {
        return Optional.ofNullable(settings.takeOver);
    }

    // ------------------------------------------------------------------ logs

    @Override
    public void request(String topic, StoreRequest request, Consumer<StoreAnswer> answered) {
        if (request instanceof StoreRequest.Read read) {
            String id = LogIds.log(nodeName, topic);
            ActorRef before = logs.put(topic, start(StoredLog.class, id, read, answered));
            if (before != null) {
                system.stop(before);
            }
            return;
        }
        ActorRef log = logs.get(topic);
        if (log == null) {
            return; // it was never read
        } else if (request instanceof StoreRequest.Write write) {
            log.tell(new StoredLog.Write(write, answered), ActorRef.noSender());
        } else if (request instanceof StoreRequest.Drop drop) {
            log.tell(new StoredLog.Drop(drop.upTo()), ActorRef.noSender());
        }
    }

    private ActorRef start(Class<? extends StoredEvents> what, Object... with) {
        return system.systemActorOf(Props.create(what, with), "gapless-journal-" + UUID.randomUUID());
    }
}
