package dev.gapless.testkit.internal;

import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.producer.CursorStatus;
import dev.gapless.core.producer.ProducerState;
import java.util.List;

/** What a consumer still lacks of what a producer has published, on all topics. */
record Backlog(TestMember producer, TestMember consumer) {

    /** A process that is gone lacks nothing, and nothing of it is lacking. */
    boolean isEmpty() {
        return producer.isGone()
                || consumer.isGone()
                || consumer.shard().topics().stream().allMatch(this::isEmpty);
    }

    private boolean isEmpty(String topic) {
        TopicConsumer reading = consumer.shard().consumer(topic);
        ProducerState serving = producer.shard().producer(topic);
        return reading == null
                || (serving != null
                        && isRead(serving)
                        && reading.registrations().stream()
                                .anyMatch(registration -> producer.name().equals(registration.node())
                                        && registration.phase().equals("LIVE")));
    }

    /** Have all cursors of the consumer all that is in the log? */
    private boolean isRead(ProducerState serving) {
        List<CursorStatus> cursors = serving.cursors().stream()
                .filter(cursor -> cursor.session().uid() == consumer.uid())
                .toList();
        return !cursors.isEmpty()
                && cursors.stream()
                        .allMatch(cursor -> cursor.confirmed()
                                && cursor.acked() == serving.log().head());
    }
}
