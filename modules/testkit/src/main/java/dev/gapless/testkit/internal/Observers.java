package dev.gapless.testkit.internal;

import dev.gapless.Topic;

/** Makes an observer for each subscription. Thread-safe. */
public interface Observers {
    <T> ReadObserver<T> observe(Topic<T> topic, DrivenSubscription<T> subscription);
}
