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
import dev.gapless.Undecodable;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.trace.Handling;
import dev.gapless.internal.trace.Tracing;
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

    private static final String STAGE = "What onMessage returned";

    private final Tracing tracing;
    private final EventHandler<T> handler;

    public HandlerRecipient(Tracing tracing, EventHandler<T> handler) {
        this.tracing = tracing;
        this.handler = handler;
    }

    @Override
    public int window() {
        return 1;
    }

    @Override
    public @Nullable Outcome give(Event<T> event, long number, Receipts receipts) {
        return Fence.call(() -> handle(event, number, receipts), Outcome::failed);
    }

    private @Nullable Outcome handle(Event<T> event, long number, Receipts receipts) throws Exception {
        if (event instanceof Delivery<T> delivery) {
            return deliver(delivery, number, receipts);
        } else if (event instanceof CursorExpired<T> expired) {
            return new Settlement(number, receipts)
                    .of(handler.onCursorExpired(expired), "What onCursorExpired returned");
        } else if (event instanceof ProducerLeft<T> left) {
            handler.onProducerLeft(left);
        } else if (event instanceof Undecodable<T> undecodable) {
            boolean skip = handler.onUndecodable(undecodable) == OnFailure.SKIP;
            return skip ? Outcome.DONE : Outcome.failed(undecodable.cause());
        }
        return Outcome.DONE;
    }

    private @Nullable Outcome deliver(Delivery<T> delivery, long number, Receipts receipts) throws Exception {
        Handling handling = tracing.handle(delivery);
        try {
            if (handler instanceof MessageHandler<T> messages) {
                messages.onMessage(delivery);
                handling.end(null);
                return Outcome.DONE;
            }
            AsyncMessageHandler<T> messages = (AsyncMessageHandler<T>) handler;
            CompletionStage<?> stage = messages.onMessage(delivery);
            if (handling != Handling.NONE) {
                Fence.whenComplete(stage, STAGE, (value, failure) -> handling.end(failure));
            }
            return new Settlement(number, receipts).of(stage, STAGE);
        } catch (Throwable e) {
            handling.end(e);
            throw e;
        } finally {
            handling.leave();
        }
    }

    @Override
    public OnFailure failed(Event<T> event, Throwable cause) {
        if (!(event instanceof Delivery<T> delivery)) {
            return OnFailure.STOP;
        }
        Fence.log(
                cause,
                shown -> LOG.warn(
                        "Topic {}: the handler failed at {} of {}",
                        delivery.topic(),
                        delivery.position(),
                        delivery.node(),
                        shown));
        // null is no answer, and no leave to go on
        OnFailure answer =
                Fence.<@Nullable OnFailure>call(() -> handler.onFailure(delivery, cause), e -> stop(delivery, e));
        return answer == OnFailure.SKIP ? OnFailure.SKIP : OnFailure.STOP;
    }

    private static OnFailure stop(Delivery<?> delivery, Throwable e) {
        Fence.log(e, shown -> LOG.error("Topic {}: onFailure failed", delivery.topic(), shown));
        return OnFailure.STOP;
    }

    @Override
    public void ended(Ended<T> ended) {
        Fence.run(() -> handler.onEnded(ended), shown -> LOG.error("Topic {}: onEnded failed", ended.topic(), shown));
    }

    @Override
    public @Nullable ActorRef<?> owner() {
        return null;
    }
}
