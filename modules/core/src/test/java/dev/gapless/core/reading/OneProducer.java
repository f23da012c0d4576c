package dev.gapless.core.reading;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import java.util.List;
import java.util.stream.Collectors;

/** A subscription to a topic of one producer: node a, which has slot 0, and whose incarnation is 1. */
abstract class OneProducer {
    static final Generation A = Generation.begun(new Epoch(1), 1, false);

    final SharedTopic topic = new SharedTopic(new TopicCache(100, 1 << 20));
    PlacesSubscription subscription = subscription(Given.ring(100));

    PlacesSubscription subscription(TopicSettings settings) {
        return new PlacesSubscription(new Opening.Latest(), Given.TOPIC, topic, settings, 1, 1);
    }

    void begin(ProducerPlace place) {
        Places places = Places.NONE.with(0, place);
        subscription.said(new Change.Begins(places, Past.opened(0)));
    }

    static ProducerPlace at(long sequence) {
        return new ProducerPlace.At(A.epoch(), sequence);
    }

    void copied(long newest, long oldest) {
        Part part = new Part(A.epoch(), A.uid(), 0);
        KnownProducer a = KnownProducer.named("a")
                .asked()
                .answered(List.of(part), false, new Given.Copied(newest, newest, oldest));
        topic.changed(topic.producers().with(0, a), 5_000);
    }

    void push(long first, long last) {
        topic.cache().push(A.epoch(), first, Given.slices(first, last), Given.NOTHING_NEEDED, 0);
        topic.changed(topic.producers(), 5_000);
    }

    static String given(Step step) {
        return assertInstanceOf(Step.Messages.class, step).run().messages().stream()
                .map(message -> String.valueOf(message.position().sequence()))
                .collect(Collectors.joining(" "));
    }
}
