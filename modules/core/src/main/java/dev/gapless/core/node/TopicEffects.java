package dev.gapless.core.node;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.consumer.ConsumerEffects;
import dev.gapless.core.producer.ProducerEffects;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Puts what a producer and a consumer of one topic want done into the outbox of their shard. */
final class TopicEffects implements ProducerEffects, ConsumerEffects {
    private final String topic;
    private final Outbox outbox;
    private final LongConsumer watch;

    TopicEffects(String topic, Outbox outbox, LongConsumer watch) {
        this.topic = topic;
        this.outbox = outbox;
        this.watch = watch;
    }

    @Override
    public void send(ToConsumer message) {
        outbox.send(message.session().uid(), message);
    }

    /** Who registers with a life shares a session with it from then on. */
    @Override
    public void send(long toUid, ToProducer message) {
        if (message instanceof Register) {
            watch.accept(toUid);
        }
        outbox.send(toUid, message);
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {
        outbox.add(new Effect.CursorMoved(topic, session, reader, reason, sent, resumeAt));
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        outbox.add(new Effect.Ready(topic, subscription, silent));
    }

    @Override
    public void missed(String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {
        outbox.add(new Effect.Missed(topic, node, reader, reason, behind, upTo));
    }
}
