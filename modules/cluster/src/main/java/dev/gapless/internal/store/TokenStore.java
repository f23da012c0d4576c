package dev.gapless.internal.store;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Where named subscriptions keep their tokens. It outlives the process. A name is one of a topic, and has one owner: who opened it last.
 * Thread-safe. A stage that fails says what is wrong, for people; what was wanted may have been done, or is done within the time that it was
 * given, and may be tried again.
 */
public interface TokenStore {
    /** A name of a topic. */
    record Name(String topic, String name) {}

    /**
     * Takes the name over: from then on whoever had it stores nothing there any more.
     *
     * @return the token that was stored last; empty if none was
     */
    CompletionStage<String> open(Name name, UUID owner, Duration within);

    /**
     * Stores a token, if the name is still this owner's, and it has stored none with a higher number.
     *
     * @param number rises with each token
     * @return whether the name is still this owner's
     */
    CompletionStage<Boolean> store(Name name, UUID owner, long number, String token, Duration within);
}
