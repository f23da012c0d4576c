package dev.gapless.gateway.internal.client;

import dev.gapless.StartFrom;
import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import dev.gapless.core.subscription.SubscriptionState;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What two producers published on a topic, and the feed of the gateway's node that has it. */
final class ModelTopic {
    /** The ring overtakes whoever stands still for long. */
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.bufferMessages = 24;
        draft.feedHoldNs = 0;
        draft.reloadIntervalNs = 0;
        draft.reloadJitterNs = 0;
    });

    static final List<String> NODES = List.of("p", "q");

    private final Format format;
    private final Random random;
    private final Eras eras = new Eras();
    private final Map<String, Map<String, Era>> known = new HashMap<>();
    /** The keys of messages, by node, epoch and sequence; none for what never came here. */
    private final Map<String, String> keys = new HashMap<>();

    private final Map<String, Era> now = new HashMap<>();
    private final Map<String, Long> heads = new HashMap<>();
    private long epochs = 1;
    final Feed feed = new Feed(SETTINGS);

    ModelTopic(Format format, Random random) {
        this.format = format;
        this.random = random;
        for (String node : NODES) {
            feed.started(new At(begin(node), 0));
        }
    }

    private Era begin(String node) {
        Epoch epoch = new Epoch(random.nextInt(1 << 20) * 1_000L + epochs++);
        Era era = eras.of(node, LogIdentity.fresh(epoch, 0), epochs);
        known.computeIfAbsent(node, n -> new HashMap<>()).put(epoch.toString(), era);
        now.put(node, era);
        heads.put(node, 0L);
        return era;
    }

    private static String which(String node, String epoch, long sequence) {
        return node + " " + epoch + " " + sequence;
    }

    /** Null if it was not given here. */
    String key(String node, String epoch, long sequence) {
        return keys.get(which(node, epoch, sequence));
    }

    String epoch(String node) {
        return now.get(node).epoch().toString();
    }

    long head(String node) {
        return heads.get(node);
    }

    void publish(String node, int count) {
        Era era = now.get(node);
        long first = heads.get(node) + 1;
        Log log = new Log(LogIdentity.fresh(era.epoch(), 0), TopicSettings.DEFAULTS, Gate.opened());
        for (int i = 0; i < count; i++) {
            String key = "k" + random.nextInt(3);
            byte[] data = ("" + (first + i)).getBytes(StandardCharsets.UTF_8);
            log.tryPublish(
                    new Content(key, false, random.nextInt(5) == 0 ? Map.of("h", "v") : Map.of(), format, data), 1);
            keys.put(which(node, era.epoch().toString(), first + i), key);
        }
        List<Slice> slices = ((Reading.Messages) log.read(1, count, 1 << 20)).slices();
        feed.messages(era, first, slices);
        heads.put(node, first + count - 1);
    }

    /** The producer's ring overtook this node. */
    void miss(String node, int count) {
        long head = heads.get(node) + count;
        heads.put(node, head);
        feed.expired(new At(now.get(node), head), Reason.OVERRUN, 1);
    }

    void restart(String node) {
        feed.expired(new At(begin(node), 0), Reason.PRODUCER_RESTARTED, 1);
    }

    /** It left in good order, and another life begins. */
    void leave(String node) {
        if (heads.get(node) == 0) {
            return;
        }
        feed.left(
                eras.endOf(new At(now.get(node), heads.get(node)), now.get(node).uid()));
        feed.started(new At(begin(node), 0));
    }

    SubscriptionState open(StartFrom start) {
        if (!(start instanceof StartFrom.Resume resume)) {
            return SubscriptionState.live(feed, feed.head() + 1, feed.tails(), SETTINGS, 0, 0);
        }
        Map<String, Placed> positions = new HashMap<>();
        resume.token().positions().forEach((node, position) -> {
            Era era = known.get(node).get(position.epoch().toString());
            positions.put(node, new At(era, position.sequence()));
        });
        return SubscriptionState.live(feed, 1, Vector.of(positions), SETTINGS, 0, 0);
    }
}
