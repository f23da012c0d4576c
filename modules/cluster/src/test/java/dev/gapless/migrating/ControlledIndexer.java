package dev.gapless.migrating;

import dev.gapless.migrating.Index.Document;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.delivery.ProducerController;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A consumer and a producer with Pekko's reliable delivery. */
public final class ControlledIndexer {
    private ControlledIndexer() {}

    // shown in docs/migrating.md
    record Told(ConsumerController.Delivery<Document> delivery) {}

    static Behavior<Told> indexer(ActorRef<ConsumerController.Command<Document>> controller, Index index) {
        return Behaviors.setup(context -> {
            controller.tell(new ConsumerController.Start<>(
                    context.messageAdapter(ConsumerController.deliveryClass(), Told::new)));
            return Behaviors.receiveMessage(told -> {
                index.put(told.delivery().message());
                told.delivery().confirmTo().tell(ConsumerController.confirmed());
                return Behaviors.same();
            });
        });
    }
    // end

    /** Publishes the documents, one whenever it may. */
    public static Behavior<ProducerController.RequestNext<Document>> publisher(
            ActorRef<ProducerController.Command<Document>> controller, Iterable<Document> documents) {
        return Behaviors.setup(context -> {
            var next = documents.iterator();
            controller.tell(new ProducerController.Start<>(context.getSelf()));
            return Behaviors.receiveMessage(request -> {
                if (next.hasNext()) {
                    // shown in docs/migrating.md
                    request.sendNextTo().tell(next.next()); // one for each RequestNext
                    // end
                }
                return Behaviors.same();
            });
        });
    }
}
