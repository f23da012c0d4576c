package dev.gapless.core.subscription;

import dev.gapless.core.feed.StreamsView;

/** What a subscription may ask its topic's consumer at any time. Thread-safe. */
public interface TopicView {
    /** What is known of the streams. */
    StreamsView known();

    /** Rises whenever a subscription that was refused another feed may ask for it again. */
    long changes();
}
