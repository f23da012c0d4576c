package dev.gapless.examples.hello;

import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.examples.CborMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;

/** The smallest program: a cluster of one node, which publishes a greeting and gets it. */
public final class HelloWorld {
    static final Topic<Greeting> GREETINGS = Topic.of("greetings", Greeting.class);

    private static final String ONE_NODE = """
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            pekko.coordinated-shutdown.exit-jvm = off
            """;

    record Greeting(String text) implements CborMessage {}

    /** Says what it gets. */
    record Greeter(Consumer<String> say) implements MessageHandler<Greeting> {
        @Override
        public void onMessage(Delivery<Greeting> delivery) {
            Greeting greeting = delivery.message();
            if (greeting != null) { // a deletion has none
                say.accept(delivery.node() + " says: " + greeting.text());
            }
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Greeting> expired) {
            say.accept("Some greetings were missed: " + expired.gaps());
            return CompletableFuture.completedFuture(Reload.done()); // there is nothing to reload
        }
    }

    private HelloWorld() {}

    /** Runs it. */
    public static void main(String[] args) {
        run(System.out::println);
    }

    static void run(Consumer<String> say) {
        ActorSystem system =
                ActorSystem.create("hello", ConfigFactory.parseString(ONE_NODE).withFallback(ConfigFactory.load()));
        try {
            Cluster.get(system).join(Cluster.get(system).selfAddress());
            Gapless gapless = Gapless.get(system);
            // Nothing is heard any more then. A service ends here, and whoever runs it starts it again.
            gapless.onRemoved(removed -> say.accept("This node ends: " + removed.reason()));
            CompletableFuture<String> heard = new CompletableFuture<>();
            Subscription subscription = gapless.subscribe(GREETINGS, StartFrom.latest(), new Greeter(text -> {
                say.accept(text);
                heard.complete(text);
            }));
            subscription.ready().toCompletableFuture().join();
            gapless.producer(GREETINGS)
                    .publish(new Greeting("Hello, world"))
                    .toCompletableFuture()
                    .join();
            heard.join();
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }
}
