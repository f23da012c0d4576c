package dev.gapless.internal.store;

import dev.gapless.core.log.Generation;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Where a node keeps its durable logs. It outlives the process. Thread-safe. */
public interface LogStores {
    /** That of a node whose topics are all in memory. */
    LogStores NONE = new LogStores() {
        @Override
        public CompletionStage<Generation> open() {
            return CompletableFuture.failedStage(new IllegalStateException("No topic of this node is durable"));
        }

        @Override
        public void request(String topic, StoreRequest request, Consumer<StoreAnswer> answered) {}
    };

    /**
     * Has the store remember that this incarnation of the node uses it. Fails with what is wrong, for people, if that did not work, or is not
     * known; then it may be tried again.
     */
    CompletionStage<Generation> open();

    /** For people who look after the node: where it is, and which setting says so. */
    default String named() {
        return "The store of this node";
    }

    /** How the logs of other nodes, which have the same store, are taken over; empty if they are not. */
    default Optional<TakeOver> takeOver() {
        return Optional.empty();
    }

    /**
     * This is wanted of a topic's log. One request at a time, but for {@link StoreRequest.Drop}; one whose answer is not waited for any
     * longer is followed by a {@link StoreRequest.Read}.
     *
     * @param answered gets the answer, if there is one, on any thread
     */
    void request(String topic, StoreRequest request, Consumer<StoreAnswer> answered);
}
