package dev.gapless.examples.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlertBoardTest {
    private static final Topic<Alert> ALERTS = Topic.of("alerts", Alert.class);

    private final ActorTestKit actors = ActorTestKit.create(ConfigFactory.load()); // with application.conf
    private final GaplessTestKit kit = GaplessTestKit.create(actors.system());
    private final TestNode here = kit.node("here");
    private final TestNode there = kit.node("there");

    @AfterEach
    void close() {
        kit.close();
        actors.shutdownTestKit();
    }

    @Test
    void whatWasMissedIsFoundInTheTable() {
        here.bind(actors.system());
        Map<Integer, String> table = new ConcurrentHashMap<>();
        ActorRef<AlertBoard.Command> board = actors.spawn(AlertBoard.create(() -> table));
        show(board, Map.of()); // it subscribes before it answers
        TestProbe<Object> both = actors.createTestProbe();
        Subscription subscription = both.awaitAssert(() -> here.subscription(ALERTS));
        subscription
                .ready()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();

        table.put(1, "disk full");
        there.publish(ALERTS, new Alert.Raised(1, "disk full"));
        board.tell(new AlertBoard.Publish(new Alert.Raised(2, "fan off")));
        table.put(2, "fan off");
        show(board, Map.of(1, "disk full", 2, "fan off"));

        there.overrun(ALERTS, () -> {
            table.remove(1);
            there.publish(ALERTS, new Alert.Cleared(1));
        });
        show(board, Map.of(2, "fan off"));
        there.publish(ALERTS, new Alert.Cleared(2));
        show(board, Map.of());
    }

    /** Waits until it shows this: it is told by an actor of its own. */
    private void show(ActorRef<AlertBoard.Command> board, Map<Integer, String> expected) {
        TestProbe<Map<Integer, String>> probe = actors.createTestProbe();
        probe.awaitAssert(() -> {
            board.tell(new AlertBoard.Show(probe.getRef()));
            assertEquals(expected, probe.receiveMessage());
            return null;
        });
    }
}
