package dev.gapless.internal.subscribe;

import dev.gapless.AsyncMessageHandler;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.EventHandler;
import dev.gapless.MessageHandler;
import dev.gapless.OnFailure;
import dev.gapless.ProducerLeft;
import dev.gapless.Reload;
import dev.gapless.Undecodable;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An application's handler: one event at a time. Whatever it throws is a failure to handle that event, and a thread that was interrupted
 * meanwhile is not when it handles the next one.
 */
public final class HandlerRecipient<T> implements Recipient<T> {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerRecipient.class);

    private final EventHandler<T> handler;

    public HandlerRecipient(EventHandler<T> handler) {
        this.handler = handler;
    }

    @Override
    public int window() {
        return 1;
    }

    @Override
    public @Nullable Outcome give(Event<T> event, long number, Receipts receipts) {
        boolean interrupted = enter();
        try {
            if (event instanceof Delivery<T> delivery) {
                return deliver(delivery, number, receipts);
            } else if (event instanceof CursorExpired<T> expired) {
                CompletionStage<Reload> stage = Objects.requireNonNull(
                        handler.onCursorExpired(expired), "onCursorExpired returned null, and no stage");
                return await(stage, number, receipts);
            } else if (event instanceof ProducerLeft<T> left) {
                handler.onProducerLeft(left);
            } else if (event instanceof Undecodable<T> undecodable) {
                boolean skip = handler.onUndecodable(undecodable) == OnFailure.SKIP;
                return skip ? Outcome.DONE : Outcome.failed(undecodable.cause());
            }
            return Outcome.DONE;
        } catch (Throwable e) {
            Fatal.rethrow(e);
            return Outcome.failed(e);
        } finally {
            leave(interrupted);
        }
    }

    private static boolean enter() {
        return Thread.currentThread().isInterrupted();
    }

    /** The flag is as it was before the application was called: the thread is the dispatcher's, and has other events to hand over. */
    private static void leave(boolean interrupted) {
        if (!interrupted) {
            var unused = Thread.interrupted();
        }
    }

    private @Nullable Outcome deliver(Delivery<T> delivery, long number, Receipts receipts) throws Exception {
        if (handler instanceof MessageHandler<T> messages) {
            messages.onMessage(delivery);
            return Outcome.DONE;
        }
        AsyncMessageHandler<T> messages = (AsyncMessageHandler<T>) handler;
        return await(
                Objects.requireNonNull(messages.onMessage(delivery), "onMessage returned null, and no stage"),
                number,
                receipts);
    }

    /** What has completed already needs no way round. */
    private static @Nullable Outcome await(CompletionStage<?> stage, long number, Receipts receipts) {
        if (stage instanceof CompletableFuture<?> future && future.isDone()) {
            return future.handle(HandlerRecipient::outcome).join();
        }
        var unused = stage.whenComplete((value, failure) -> receipts.settled(number, outcome(value, failure)));
        return null;
    }

    private static Outcome outcome(@Nullable Object value, @Nullable Throwable failure) {
        if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
            return Outcome.failed(cause == null ? failure : cause);
        }
        return value instanceof Reload reload ? Outcome.reloaded(reload) : Outcome.DONE;
    }

    @Override
    public OnFailure failed(Event<T> event, Throwable cause) {
        if (!(event instanceof Delivery<T> delivery)) {
            return OnFailure.STOP;
        }
        LOG.warn(
                "Topic {}: the handler failed at {} of {}",
                delivery.topic(),
                delivery.position(),
                delivery.node(),
                cause);
        boolean interrupted = enter();
        try {
            return handler.onFailure(delivery, cause);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            LOG.error("Topic {}: onFailure failed", delivery.topic(), e);
            return OnFailure.STOP;
        } finally {
            leave(interrupted);
        }
    }

    @Override
    public void ended(Ended<T> ended) {
        boolean interrupted = enter();
        try {
            handler.onEnded(ended);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            LOG.error("Topic {}: onEnded failed", ended.topic(), e);
        } finally {
            leave(interrupted);
        }
    }

    @Override
    public @Nullable ActorRef<?> owner() {
        return null;
    }
}
