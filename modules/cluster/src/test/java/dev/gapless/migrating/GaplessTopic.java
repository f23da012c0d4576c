package dev.gapless.migrating;

import dev.gapless.migrating.News.Missed;
import dev.gapless.migrating.News.Price;
import dev.gapless.pubsub.Topic;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The same with the topic actor of Gapless. */
public final class GaplessTopic {
    private GaplessTopic() {}

    public static Behavior<Price> publisher(ActorRef<News> reader) {
        return Behaviors.setup(context -> {
            // shown in docs/migrating.md
            ActorRef<Topic.Command<News>> topic =
                    context.spawn(Topic.create(News.class, "prices", expired -> new Missed(expired.gaps())), "prices");
            topic.tell(Topic.subscribe(reader));
            // end
            return Behaviors.receiveMessage(price -> {
                topic.tell(Topic.publish(price));
                return Behaviors.same();
            });
        });
    }
}
