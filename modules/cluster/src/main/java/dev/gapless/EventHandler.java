package dev.gapless;

import dev.gapless.internal.fence.Fence;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an application does with a subscription's events, beside the messages: those are what {@link MessageHandler} and {@link
 * AsyncMessageHandler} add. Called for one event at a time, in order, on the dispatcher {@code gapless.dispatcher}; it may
 * block.
 *
 * @param <T> the type of the messages
 */
public sealed interface EventHandler<T> permits MessageHandler, AsyncMessageHandler {
    /**
     * Messages were missed, or, with {@link SubscriptionSettings#loadFirst}, nothing was loaded yet: begin to reload. Nothing more is delivered until the stage completes. If it fails, or this
     * throws, the same gaps are handed over again, after a while.
     *
     * @param expired what was missed
     * @return a stage that completes when the new state is in place
     */
    CompletionStage<Reload> onCursorExpired(CursorExpired<T> expired);

    /**
     * A producer left, and everything it published was delivered or announced. What this throws ends the subscription.
     *
     * @param left who
     */
    default void onProducerLeft(ProducerLeft<T> left) {}

    /**
     * A message cannot be decoded here. Unless told otherwise, the subscription ends: silence would hide it.
     *
     * @param undecodable its bytes, and why
     * @return whether to go on
     */
    default OnFailure onUndecodable(Undecodable<T> undecodable) {
        return OnFailure.STOP;
    }

    /**
     * A message was delivered, and handling it has failed. Unless told otherwise, the subscription ends.
     *
     * @param delivery the message
     * @param cause what the handler threw, or its stage failed with
     * @return whether to go on
     */
    default OnFailure onFailure(Delivery<T> delivery, Throwable cause) {
        return OnFailure.STOP;
    }

    /**
     * Nothing more will come. Unless told otherwise, this is logged.
     *
     * @param ended why, and where to resume
     */
    default void onEnded(Ended<T> ended) {
        Logger log = LoggerFactory.getLogger(EventHandler.class);
        if (ended.reason() == Ended.Reason.FAILED) {
            Fence.log(
                    ended.cause(),
                    shown -> log.error(
                            "The subscription to topic {} has ended; its token is {}",
                            ended.topic(),
                            ended.token(),
                            shown));
        } else {
            log.info("The subscription to topic {} has ended: {}", ended.topic(), ended.reason());
        }
    }
}
