package dev.gapless.internal.node;

import dev.gapless.core.node.Shard;
import dev.gapless.core.wire.Message;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** The actors of the members, by the uid of their incarnation. Written by this node's, read by whoever sends. Thread-safe. */
final class MemberActors {
    private static final int MOST_FORMER = 1_000;

    private final Map<Long, Actors> actors = new ConcurrentHashMap<>();
    private final Map<Long, String> names = new ConcurrentHashMap<>();
    /** Those of incarnations that are no members any more: the latest of them. */
    private final Map<Long, String> formerNames = latest();
    /** Which node was at an address last: the latest of them. */
    private final Map<String, String> namesAt = latest();

    private static <K> Map<K, String> latest() {
        return Collections.synchronizedMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, String> eldest) {
                return size() > MOST_FORMER;
            }
        });
    }

    /** Of one member. Without shards its node actor gets everything. */
    private record Actors(ActorRef<Object> node, List<ActorRef<Object>> shards) {
        ActorRef<Object> of(Object message) {
            return message instanceof Message ofTopic && !shards.isEmpty()
                    ? shards.get(Shard.indexOf(ofTopic.topic(), shards.size()))
                    : node;
        }
    }

    /** From now on what is of a topic goes to its shard, and everything else to the node actor; to this too, if there are no shards. */
    void put(long uid, ActorRef<Object> node, List<ActorRef<Object>> shards) {
        actors.put(uid, new Actors(node, List.copyOf(shards)));
    }

    /** It goes by this name, which is its address until it has said another. */
    void name(long uid, String name, String address) {
        names.put(uid, name);
        if (!name.equals(address)) {
            namesAt.put(address, name);
        }
    }

    void remove(long uid) {
        actors.remove(uid);
        String name = names.get(uid);
        if (name != null) {
            formerNames.put(uid, name); // before it is gone from the others
        }
        names.remove(uid);
    }

    /** Sends to that incarnation. One that is no member gets nothing; the protocol is made for losses. */
    void send(long uid, Object message) {
        Actors to = actors.get(uid);
        if (to != null) {
            to.of(message).tell(message);
        }
    }

    /** A producer, for people: one that is known by its address alone may be the node that was there before. */
    String described(@Nullable String producer) {
        if (producer == null || producer.isEmpty()) {
            return "unknown";
        }
        String before = namesAt.get(producer);
        return before == null ? producer : producer + ", where node " + before + " was before";
    }

    /** The name of the node of that incarnation, or its uid if it is not known (any more). */
    String nameOf(long uid) {
        String name = names.get(uid);
        return name == null ? formerNames.getOrDefault(uid, Long.toHexString(uid)) : name;
    }
}
