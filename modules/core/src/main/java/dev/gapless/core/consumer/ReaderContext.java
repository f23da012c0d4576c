package dev.gapless.core.consumer;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.Eras;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a topic's readers share, and the number of one of them.
 *
 * @param reader its number, see {@link dev.gapless.core.wire.Message#reader}
 * @param uid this node's life
 * @param sessions gives a higher number at each call, for all topics of this process
 */
record ReaderContext(
        String topic,
        long reader,
        long uid,
        TopicSettings settings,
        Eras eras,
        LongSupplier sessions,
        RandomGenerator jitter,
        Outbox outbox) {}
