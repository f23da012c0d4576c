package dev.gapless.internal.subscribe;

import dev.gapless.core.Epoch;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LogCopy;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.SharedTopic;
import dev.gapless.core.wire.Batch;
import java.util.List;

/** A topic with producers whose logs are copied, and its subscriptions, without a consumer. */
final class OneTopic {
    /** One whose log is copied, under the name of its node. */
    final class Copied implements LogCopy {
        private final String node;
        private final int slot;
        private final Epoch epoch;
        private final long uid;
        private long newest;
        private long behind;

        private Copied(String node, int slot, long uid) {
            this.node = node;
            this.slot = slot;
            this.uid = uid;
            this.epoch = new Epoch(uid);
        }

        /** This comes, from that sequence on. */
        void pushes(long sequence, List<Slice> slices) {
            shared.cache().push(epoch, sequence, slices, (of, needed) -> false, 0);
            newest = sequence - 1 + Batch.count(slices);
            shared.changed(slot, producers, 1);
        }

        /** Its ring has overwritten everything up to this sequence. */
        void overwrites(long upTo) {
            newest = upTo;
            behind = upTo;
            shared.changed(slot, producers, 1);
        }

        /** It leaves in good order. */
        void leaves() {
            Generation begun = Generation.begun(epoch, uid, false);
            show(this, known().removed(begun, new Generation.Removal(1, 1), new End.Stated(newest, true), false, true));
        }

        private KnownProducer known() {
            KnownProducer known = producers.get(slot);
            return known == null ? KnownProducer.named(node) : known;
        }

        @Override
        public long newest() {
            return newest;
        }

        @Override
        public long behind() {
            return behind;
        }

        @Override
        public long head() {
            return newest;
        }

        @Override
        public long oldest() {
            return behind + 1;
        }

        @Override
        public boolean isComplete() {
            return true;
        }

        @Override
        public boolean isLost(long number) {
            return false;
        }
    }

    private final TopicSettings settings;
    private final SharedTopic shared;
    private Producers producers = Producers.NONE;
    private Places front = Places.NONE;

    /** @param settings of which it caches as many messages as a ring has */
    OneTopic(TopicSettings settings) {
        this.settings = settings;
        this.shared = new SharedTopic(new TopicCache(settings.bufferMessages(), Long.MAX_VALUE / 2));
    }

    private void show(Copied one, KnownProducer known) {
        producers = producers.with(one.slot, known);
        shared.changed(producers, 1);
    }

    /** A further producer, which has published nothing yet. */
    Copied producer(String node, long uid) {
        Copied one = new Copied(node, producers.slots(), uid);
        show(one, one.known().asked().answered(List.of(new Part(one.epoch, uid, 0)), false, one));
        front = front.with(one.slot, new ProducerPlace.At(one.epoch, 0));
        return one;
    }

    /** A subscription that stands in front of everything. */
    PlacesSubscription read() {
        PlacesSubscription state = new PlacesSubscription(new Opening.Latest(), "t", shared, settings, 0, 0);
        state.said(new Change.Begins(front, Past.opened(0)));
        return state;
    }
}
