package dev.gapless.examples.topic;

import dev.gapless.pubsub.Topic;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Shows open alerts, and publishes new ones. It was written for {@code org.apache.pekko.actor.typed.pubsub.Topic}, which loses what it
 * cannot deliver. Three things have changed: the import, the last argument of {@code Topic.create}, and what {@link Alert.Missed} does.
 * When the others remove its node it ends with the actor system; {@code Gapless.onRemoved} tells the process around it.
 */
public final class AlertBoard extends AbstractBehavior<AlertBoard.Command> {
    private final ActorRef<Topic.Command<Alert>> topic;
    private final Supplier<Map<Integer, String>> table;
    private final Map<Integer, String> open = new TreeMap<>();

    /** What it takes. */
    public sealed interface Command permits Alert, Publish, Show {}

    /** Tell everybody. */
    public record Publish(Alert alert) implements Command {}

    /** What is open? */
    public record Show(ActorRef<Map<Integer, String>> replyTo) implements Command {}

    /** A board that finds all open alerts there, when it has missed some. */
    public static Behavior<Command> create(Supplier<Map<Integer, String>> table) {
        return Behaviors.setup(context -> new AlertBoard(context, table));
    }

    private AlertBoard(ActorContext<Command> context, Supplier<Map<Integer, String>> table) {
        super(context);
        this.table = table;
        this.topic = context.spawn(Topic.create(Alert.class, "alerts", expired -> Alert.Missed.SOME), "alerts-topic");
        topic.tell(Topic.subscribe(context.getSelf().narrow()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Alert.Raised.class, raised -> {
                    open.put(raised.id(), raised.text());
                    return this;
                })
                .onMessage(Alert.Cleared.class, cleared -> {
                    open.remove(cleared.id());
                    return this;
                })
                .onMessageEquals(Alert.Missed.SOME, () -> {
                    open.clear();
                    open.putAll(table.get());
                    return this;
                })
                .onMessage(Publish.class, publish -> {
                    topic.tell(Topic.publish(publish.alert()));
                    return this;
                })
                .onMessage(Show.class, show -> {
                    show.replyTo().tell(Map.copyOf(open));
                    return this;
                })
                .build();
    }
}
