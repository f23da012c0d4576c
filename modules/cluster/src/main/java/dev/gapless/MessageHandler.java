package dev.gapless;

import java.util.concurrent.CompletionStage;
import org.slf4j.LoggerFactory;

/**
 * What an application does with a topic's messages. Called for one event at a time, in order, on the dispatcher {@code
 * gapless.dispatcher}; it may block.
 *
 * @param <T> the type of the messages
 */
public interface MessageHandler<T> {

    /** Takes a message. What it throws goes to {@link #onFailure}. */
    void onMessage(Delivery<T> delivery) throws Exception;

    /**
     * Messages were missed: begin to reload. Nothing more is delivered until the stage completes. If it fails, or this
     * throws, the same gaps are handed over again, after a while.
     */
    CompletionStage<Reload> onCursorExpired(CursorExpired<T> expired);

    /** A producer left, and everything it published was delivered or announced. */
    default void onProducerLeft(ProducerLeft<T> left) {}

    /** A message cannot be decoded here. Unless told otherwise, the subscription ends: silence would hide it. */
    default OnFailure onUndecodable(Undecodable<T> undecodable) {
        return OnFailure.STOP;
    }

    /** {@link #onMessage} has thrown. Unless told otherwise, the subscription ends. */
    default OnFailure onFailure(Delivery<T> delivery, Throwable cause) {
        return OnFailure.STOP;
    }

    /** Nothing more will come. */
    default void onEnded(Ended<T> ended) {
        if (ended.reason() == Ended.Reason.FAILED) {
            LoggerFactory.getLogger(MessageHandler.class)
                    .error(
                            "The subscription to topic {} has ended; its token is {}",
                            ended.topic(),
                            ended.token(),
                            ended.cause());
        } else {
            LoggerFactory.getLogger(MessageHandler.class)
                    .info("The subscription to topic {} has ended: {}", ended.topic(), ended.reason());
        }
    }
}
