package dev.gapless.internal.node;

import dev.gapless.core.effect.ToShard;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.log.Content;
import dev.gapless.internal.Slices;
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

    /** The feed of this topic gets a message that does not follow the last one of that producer. Seen with what comes next. */
    public static void hole(ActorSystem system, String topic, String producer) {
        GaplessExtension.nodeOf(system).stats().topics().stream()
                .filter(of -> of.topic().equals(topic))
                .forEach(of -> of.ofFeeds(feed -> hole(feed, producer)));
    }

    private static long hole(Feed feed, String producer) {
        At last = (At) feed.tails().get(producer);
        long beyond = last.sequence() + 2;
        feed.messages(last.era(), beyond, Slices.of(System.currentTimeMillis(), Content.of(0, "", new byte[0])));
        return beyond;
    }
}
