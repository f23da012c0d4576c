package dev.gapless.core.topic;

import dev.gapless.core.Epoch;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.SharedTopic;
import dev.gapless.stress.Given;
import java.util.List;

/** A topic to which {@code p} publishes, and whose log is copied, without a consumer. What changes it is for one thread. */
public final class CopiedTopic {
    private static final Part LOG = new Part(Epoch.of('p', "t"), 'p', 0);

    private final TopicSettings settings;
    private final SharedTopic shared;
    private final CopiedLog copy = new CopiedLog(List.of(LOG), 0, 0, 1, false);
    private final Producers producers =
            Producers.NONE.with(0, KnownProducer.named("p").asked().answered(copy.parts(), false, copy));

    /** @param settings of which it caches as many messages as a ring has */
    public CopiedTopic(TopicSettings settings) {
        this.settings = settings;
        this.shared = new SharedTopic(new TopicCache(settings.bufferMessages(), 1 << 20));
        shared.changed(producers, 0);
    }

    /** A subscription that stands in front of everything. */
    public PlacesSubscription read() {
        PlacesSubscription state = new PlacesSubscription(new Opening.Latest(), "t", shared, settings, 0, 0);
        Places front = Places.NONE.with(0, new ProducerPlace.At(LOG.epoch(), 0));
        state.said(new Change.Begins(front, Past.opened(0)));
        return state;
    }

    /** That message comes. */
    public void push(long sequence) {
        push(sequence, 1);
    }

    /** The same, and the log has nothing in front of the other one any more. */
    public void push(long sequence, long oldest) {
        copy.hears(sequence, oldest);
        shared.cache().push(LOG.epoch(), sequence, Given.slice(sequence), (epoch, needed) -> false, 0);
        copy.reaches(sequence);
        shared.changed(0, producers, 0);
    }

    /** The ring has overtaken the copy, which goes on behind that message. */
    public void overrun(long upTo) {
        copy.hears(upTo, upTo + 1);
        copy.isOverrun(upTo);
        shared.changed(0, producers, 0);
    }
}
