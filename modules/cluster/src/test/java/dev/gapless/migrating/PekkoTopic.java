package dev.gapless.migrating;

import dev.gapless.migrating.News.Price;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.pubsub.Topic;

/** Pekko's topic actor. */
public final class PekkoTopic {
    private PekkoTopic() {}

    public static Behavior<Price> publisher(ActorRef<News> reader) {
        return Behaviors.setup(context -> {
            // shown in docs/migrating.md
            ActorRef<Topic.Command<News>> topic = context.spawn(Topic.create(News.class, "prices"), "prices");
            topic.tell(Topic.subscribe(reader));
            // end
            return Behaviors.receiveMessage(price -> {
                topic.tell(Topic.publish(price));
                return Behaviors.same();
            });
        });
    }
}
