package dev.gapless.internal.node;

import dev.gapless.core.Backoff;
import dev.gapless.core.Now;
import dev.gapless.core.log.Generation;
import dev.gapless.core.node.Node;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.store.LogStores;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Opens the store of a node's logs, again and again until that has worked: first before the node joins, and when the node wants it. For the
 * node actor's thread.
 */
final class StoreOpening {

    /** To the node actor, which passes it on to {@link #on}. */
    sealed interface Message extends NoSerializationVerificationNeeded {}

    private record Opened(Generation generation) implements Message {}

    private record Failed(Throwable cause) implements Message {}

    private enum Again implements Message {
        AGAIN
    }

    /**
     * A store, and the first time that it is opened.
     *
     * @param problem why it cannot be opened; null if it is open, or that is not known yet
     */
    record Begun(LogStores stores, CompletionStage<Generation> opened, AtomicReference<@Nullable String> problem) {
        /** Throws IllegalStateException, with what is wrong, if it is not open by now. */
        void checkOpen() {
            CompletableFuture<Generation> its = opened.toCompletableFuture();
            if (!its.isDone()) {
                throw new IllegalStateException(stores.named() + " has not answered in time (gapless.store-timeout)");
            }
            try {
                var unused = its.join();
            } catch (CompletionException e) {
                Throwable cause = Fence.cause(e);
                throw new IllegalStateException(cause.getMessage(), cause);
            }
        }
    }

    private final LogStores stores;
    private final Backoff backoff;
    private final Node node;
    private final Consumer<Message> self;
    private final TimerScheduler<Object> timers;
    private final Supplier<Now> now;
    private final Supplier<Logger> log;
    private CompletionStage<Generation> opened;
    private int failures;
    private final AtomicReference<@Nullable String> problem;

    StoreOpening(
            Begun store,
            Backoff backoff,
            Node node,
            Consumer<Message> self,
            TimerScheduler<Object> timers,
            Supplier<Now> now,
            Supplier<Logger> log) {
        this.stores = store.stores();
        this.opened = store.opened();
        this.problem = store.problem();
        this.backoff = backoff;
        this.node = node;
        this.self = self;
        this.timers = timers;
        this.now = now;
        this.log = log;
    }

    /**
     * Before the node joins its cluster: whoever sees it as a member then learns from its successor what it has published, however early it
     * ends. Waits for a while; if the store is away by then, the node joins without it.
     */
    static Begun begin(LogStores stores, Settings settings) {
        CompletableFuture<Generation> opened = stores.open().toCompletableFuture();
        try {
            opened.get(settings.topic("").storeTimeoutNs(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // it is said, and tried again, once the node wants it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Begun(stores, opened, new AtomicReference<>());
    }

    /** The node wants it. */
    void open() {
        opened.whenComplete(
                (generation, failure) -> self.accept(failure == null ? new Opened(generation) : new Failed(failure)));
    }

    void on(Message message) {
        if (message instanceof Opened its) {
            if (failures > 0) {
                log.get().info("The store of this node's durable topics is open");
            }
            problem.set(null);
            node.storeOpened(its.generation(), now.get());
        } else if (message instanceof Failed failed) {
            again(failed.cause());
        } else {
            opened = stores.open();
            open();
        }
    }

    /** Nothing had used it before, though this node has run before. */
    void isNew(String node) {
        log.get()
                .warn(
                        "{} is new, though {} has run in this cluster before. If its topics were durable then, readers are told what they lack,"
                                + " and its named subscriptions begin as their start says. If its store is elsewhere, end this node before it"
                                + " publishes, and name that one (gapless.journal)",
                        stores.named(),
                        node);
    }

    private void again(Throwable failure) {
        String why = String.valueOf(Fence.cause(failure).getMessage());
        if (!why.equals(problem.getAndSet(why))) {
            log.get()
                    .error(
                            "The store of this node's durable topics cannot be opened, and is tried again (gapless.store-backoff). Until then"
                                    + " publishes to these topics wait, and so do their readers. {}",
                            why);
        }
        timers.startSingleTimer(Again.AGAIN, Again.AGAIN, Duration.ofNanos(backoff.waitNs(failures++)));
    }
}
