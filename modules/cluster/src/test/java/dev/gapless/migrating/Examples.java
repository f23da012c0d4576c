package dev.gapless.migrating;

import dev.gapless.Gapless;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.migrating.Index.Document;
import dev.gapless.migrating.News.Price;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.delivery.ProducerController;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/** The programs, for their test. */
public final class Examples {
    private Examples() {}

    public static Behavior<Price> pekkoTopic(org.apache.pekko.actor.typed.ActorRef<News> reader) {
        return PekkoTopic.publisher(reader);
    }

    public static Behavior<Price> gaplessTopic(org.apache.pekko.actor.typed.ActorRef<News> reader) {
        return GaplessTopic.publisher(reader);
    }

    public static ActorRef mediator(ActorSystem system, ActorRef reader) {
        return Mediator.before(system, reader);
    }

    public static void publishBefore(ActorRef mediator, Price price) {
        Mediator.publishBefore(mediator, price);
    }

    public static Subscription mediatorAfter(Gapless gapless, ActorRef reader) {
        return Mediator.after(gapless, reader);
    }

    public static void publishAfter(Gapless gapless, Topic<Price> topic, Price price) {
        Mediator.publishAfter(gapless, topic, price);
    }

    public static void controlled(ActorSystem system, Index index, List<Document> documents) {
        var consumer = Adapter.spawn(system, ConsumerController.<Document>create(), "consumer-controller");
        var producer = Adapter.spawn(
                system,
                ProducerController.create(Document.class, "documents", Optional.empty()),
                "producer-controller");
        consumer.tell(new ConsumerController.RegisterToProducerController<>(producer));
        Adapter.spawn(system, ControlledIndexer.publisher(producer, documents), "controlled-publisher");
        Adapter.spawn(system, ControlledIndexer.indexer(consumer, index), "controlled-indexer");
    }

    public static Behavior<GaplessIndexer.Told> indexer(Gapless gapless, Topic<Document> topic, Index index) {
        return GaplessIndexer.indexer(gapless, topic, index);
    }

    public static Subscription listen(
            Gapless gapless,
            Topic<Price> topic,
            Map<String, Price> cache,
            Supplier<Collection<Price>> table,
            AtomicReference<String> kept) {
        GaplessPrices.Positions positions = new GaplessPrices.Positions() {
            @Override
            public String read() {
                return kept.get();
            }

            @Override
            public void write(String token) {
                kept.set(token);
            }
        };
        return GaplessPrices.listen(gapless, topic, new GaplessPrices.Prices(cache, table, positions));
    }
}
