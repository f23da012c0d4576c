package dev.gapless.internal;

import dev.gapless.MessageTooLarge;
import dev.gapless.NotSerializable;
import dev.gapless.Producer;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import dev.gapless.core.log.Content;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the application holds of a producer. Thread-safe. */
final class LocalHandle<T> implements Producer<T> {
    private final Topic<T> topic;
    private final LocalProducer local;
    private final Codec codec;

    LocalHandle(Topic<T> topic, LocalProducer local, Codec codec) {
        this.topic = topic;
        this.local = local;
        this.codec = codec;
    }

    @Override
    public Topic<T> topic() {
        return topic;
    }

    @Override
    public CompletionStage<Position> publish(T message) {
        Content content;
        try {
            content = codec.encode(topic.name(), message, local.settings);
        } catch (NotSerializable | MessageTooLarge e) {
            return CompletableFuture.failedFuture(e);
        }
        return local.publish(content);
    }
}
