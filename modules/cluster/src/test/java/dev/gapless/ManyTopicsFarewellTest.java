package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.CursorToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that published to many topics leaves in good order. */
@Tag("thorough")
@Tag("day0")
class ManyTopicsFarewellTest {
    private static final int TOPICS = 5_000;
    /** The node that joins when the producer has left. */
    private static final int LATER = 3;

    private static Topic<String> topic(int number) {
        return Topic.of("topic-" + number, String.class);
    }

    @Test
    @DisplayName(
            "ruleT2: with 5,000 topics, a token of before is told that the producer left, and of no loss; also where its end was not seen")
    void aTokenIsToldOfNoLoss() {
        try (TestCluster cluster = TestCluster.of(3, "")) {
            List<CompletableFuture<?>> published = IntStream.range(0, TOPICS)
                    .<CompletableFuture<?>>mapToObj(i ->
                            cluster.gapless(1).producer(topic(i)).publish("1").toCompletableFuture())
                    .toList();
            published.forEach(stage -> get((CompletionStage<?>) stage));
            Recorder<String> before = new Recorder<>();
            Subscription subscription = cluster.gapless(0).subscribe(topic(7), StartFrom.earliest(), before);
            get(subscription.ready());
            await(() -> before.messages().equals(List.of("1")));
            CursorToken token = subscription.token();
            get(subscription.cancel());

            cluster.leave(1);
            cluster.awaitUpAmong(0, 2);
            cluster.join(""); // it learns of that end from the others
            cluster.awaitUpAmong(LATER, 3);
            for (int node : List.of(0, 2, LATER)) {
                Recorder<String> resumed = new Recorder<>();
                get(cluster.gapless(node)
                        .subscribe(topic(7), StartFrom.token(token), resumed)
                        .ready());
                await(() -> !resumed.events().isEmpty());
                assertEquals(List.of(), resumed.expired(), "on node " + node);
                await(() -> resumed.left().size() == 1);
            }
        }
    }
}
