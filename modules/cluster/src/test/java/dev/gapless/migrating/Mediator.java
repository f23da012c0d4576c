package dev.gapless.migrating;

import dev.gapless.Gapless;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.migrating.News.Price;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.pubsub.DistributedPubSub;
import org.apache.pekko.cluster.pubsub.DistributedPubSubMediator;

/** The mediator of classic actors, and what takes its place. */
public final class Mediator {
    private Mediator() {}

    public static ActorRef before(ActorSystem system, ActorRef reader) {
        // shown in docs/migrating.md
        ActorRef mediator = DistributedPubSub.get(system).mediator();
        mediator.tell(new DistributedPubSubMediator.Subscribe("quotes", reader), reader);
        // end
        return mediator;
    }

    public static void publishBefore(ActorRef mediator, Price price) {
        // shown in docs/migrating.md
        mediator.tell(new DistributedPubSubMediator.Publish("quotes", price), ActorRef.noSender());
        // end
    }

    public static Subscription after(Gapless gapless, ActorRef reader) {
        // shown in docs/migrating.md
        Topic<Price> topic = Topic.of("quotes", Price.class);
        Subscription subscription = gapless.subscribe(
                topic,
                StartFrom.latest(),
                SubscriptionSettings.defaults(),
                Adapter.<Object>toTyped(reader),
                unconfirmed -> unconfirmed); // the reader gets Unconfirmed, and confirms each
        // end
        return subscription;
    }

    public static void publishAfter(Gapless gapless, Topic<Price> topic, Price price) {
        // shown in docs/migrating.md
        gapless.producer(topic).publish(price);
        // end
    }
}
