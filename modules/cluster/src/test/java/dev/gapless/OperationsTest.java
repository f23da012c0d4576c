package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.typesafe.config.Config;
import dev.gapless.core.CursorToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.cluster.Cluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What docs/operations.md says of restarts, beside what the tests over several JVMs show. */
class OperationsTest {
    private static String named(String node) {
        return "gapless { node-name = " + node + ", producer-return-timeout = 1s }";
    }

    @Test
    void aRestartInGoodOrderCostsNobodyAReload() {
        try (TestCluster cluster = new TestCluster()) {
            Topic<Integer> topic = Topic.of("rolling", Integer.class);
            cluster.join(named("n1"));
            cluster.awaitUp(1);
            cluster.join(named("n2"));
            cluster.awaitUp(2);
            Recorder<Integer> staying = new Recorder<>();
            Recorder<Integer> before = new Recorder<>();
            get(cluster.gapless(0).subscribe(topic, StartFrom.latest(), staying).ready());
            get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), before).ready());
            get(cluster.gapless(0).producer(topic).publish(1));
            get(cluster.gapless(1).producer(topic).publish(2));
            await(() -> staying.messages().size() == 2 && before.messages().size() == 2);

            cluster.leave(1);
            CursorToken token = before.ended().get(0).token();
            await(() -> Cluster.get(cluster.system(0)).state().members().size() == 1);
            get(cluster.gapless(0).producer(topic).publish(3)); // while it is away
            cluster.join(named("n2"));
            cluster.awaitUpAmong(0, 2);
            cluster.awaitUpAmong(2, 2);
            Recorder<Integer> after = new Recorder<>();
            get(cluster.gapless(2)
                    .subscribe(topic, StartFrom.token(token), after)
                    .ready());
            get(cluster.gapless(2).producer(topic).publish(4));

            await(() -> after.messages().size() == 2 && staying.messages().size() == 4);
            assertEquals(List.of(), staying.expired());
            assertEquals(1, staying.left().size());
            assertEquals(List.of(), after.expired(), "it said how far it published, and the token has all of that");
            assertEquals(List.of(3, 4), after.messages().stream().sorted().toList());
        }
    }

    // shown in docs/operations.md
    private static class Rejoining {
        private final String name;
        private final Config config;
        private final Consumer<ActorSystem> application; // publishes, and subscribes with its stored tokens

        Rejoining(String name, Config config, Consumer<ActorSystem> application) {
            this.name = name;
            this.config = config;
            this.application = application;
        }

        /** Runs the application on one actor system after the other, while the cluster removes them. */
        void run() {
            boolean again = true;
            while (again) {
                ActorSystem system = ActorSystem.create(name, config);
                application.accept(system);
                system.getWhenTerminated().toCompletableFuture().join();
                again = CoordinatedShutdown.get(system)
                        .getShutdownReason()
                        .filter(reason -> reason == CoordinatedShutdown.clusterDowningReason())
                        .isPresent();
            }
        }
    }
    // end

    /** An application that stores the token of each message with what it makes of it. */
    private static final class Application implements Consumer<ActorSystem>, MessageHandler<Integer> {
        static final Topic<Integer> TOPIC = Topic.of("rejoining", Integer.class);

        final List<ActorSystem> systems = new CopyOnWriteArrayList<>();
        final List<Integer> handled = new CopyOnWriteArrayList<>();
        private final Address seed;
        private volatile @Nullable CursorToken stored;
        volatile @Nullable Subscription subscription;

        Application(Address seed) {
            this.seed = seed;
        }

        @Override
        public void accept(ActorSystem system) {
            Cluster.get(system).join(seed);
            CursorToken token = stored;
            StartFrom start = token == null ? StartFrom.latest() : StartFrom.token(token);
            subscription = Gapless.get(system).subscribe(TOPIC, start, this);
            systems.add(system);
        }

        @Override
        public void onMessage(Delivery<Integer> delivery) {
            handled.add(delivery.message());
            stored = delivery.token();
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    @Test
    void aProcessThatTheClusterRemovedBeginsAnewByItselfAndMissesNothingThatTheRingsHold() {
        try (TestCluster cluster = TestCluster.of(1, "gapless.producer-return-timeout = 1s")) {
            Cluster staying = Cluster.get(cluster.system(0));
            Producer<Integer> producer = cluster.gapless(0).producer(Application.TOPIC);
            Application application = new Application(staying.selfAddress());
            Rejoining rejoining = new Rejoining("test", TestCluster.config("gapless.node-name = rejoins"), application);
            CompletableFuture<Void> running = CompletableFuture.runAsync(rejoining::run);
            await(() -> application.systems.size() == 1);
            get(application.subscription.ready());
            get(producer.publish(1));
            await(() -> application.handled.equals(List.of(1)));

            ActorSystem removed = application.systems.get(0);
            staying.down(Cluster.get(removed).selfAddress());
            get(removed.getWhenTerminated());
            get(producer.publish(2));
            await(() -> application.systems.size() == 2);
            assertNotEquals(removed, application.systems.get(1));
            get(producer.publish(3));

            await(() -> application.handled.equals(List.of(1, 2, 3)));
            application.systems.get(1).terminate();
            get(running);
            assertEquals(2, application.systems.size(), "an end that was asked for is the end");
        }
    }
}
