package dev.gapless.core.consumer;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.Eras;

/**
 * What a topic's readers share, and the number of one of them.
 *
 * @param reader its number, see {@link dev.gapless.core.wire.Message#reader}
 * @param uid this node's life
 */
record ReaderContext(
        String topic, long reader, long uid, TopicSettings settings, Eras eras, Asking asking, Outbox outbox) {}
