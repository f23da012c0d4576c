package dev.gapless.internal.node;

import dev.gapless.core.effect.ToShard;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.FeedMeasures;
import dev.gapless.core.feed.Place;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.Slices;
import java.lang.reflect.Method;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;

/** Makes what a healthy cluster in one JVM never does by itself. */
public final class Provoke {
    private Provoke() {}

    /** The consumers of this node are told that a member answers no ping. */
    public static void silence(ActorSystem system, long uid) {
        system.actorSelection("/system/gapless/shard-*")
                .tell(new ShardActor.FromNode(new ToShard.Silent(uid)), ActorRef.noSender());
    }

    /** Something that never comes makes a shard of this node fail. */
    public static void failure(ActorSystem system) {
        system.actorSelection("/system/gapless/shard-0").tell(new ShardActor.Produce(null), ActorRef.noSender());
    }

    /** Something that never comes makes the node actor of this node fail. */
    public static void failureOfTheHub(ActorSystem system) {
        system.actorSelection("/system/gapless").tell(new NodeActor.Produce(null), ActorRef.noSender());
    }

    /**
     * The feed of this topic gets a message that does not follow the last one of that producer. Seen with what comes next. By a method that
     * asks for no order, while nothing else comes.
     */
    public static void hole(ActorSystem system, String topic, String producer) {
        GaplessExtension.nodeOf(system).stats().topics().stream()
                .filter(of -> of.topic().equals(topic))
                .forEach(of -> of.ofConsumers(measures -> hole(((FeedMeasures) measures).feed(), producer)));
    }

    private static long hole(Feed feed, String producer) {
        Place last = feed.tails().values().stream()
                .filter(place -> place.stream().node().equals(producer))
                .findFirst()
                .orElseThrow();
        long beyond = last.sequence() + 2;
        Slice slice = Slices.of(System.currentTimeMillis(), Content.of(0, "", new byte[0]))
                .get(0);
        try {
            Method append = Feed.class.getDeclaredMethod("append", FeedEntry.class);
            append.setAccessible(true);
            append.invoke(feed, new FeedEntry.Messages(feed.head() + 1, last.stream(), beyond, slice));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
        return beyond;
    }
}
