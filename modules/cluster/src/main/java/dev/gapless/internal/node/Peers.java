package dev.gapless.internal.node;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** The node actors of the members, by the uid of their incarnation. Written by this node's, read by whoever sends. Thread-safe. */
final class Peers {
    private final Map<Long, ActorRef<Object>> actors = new ConcurrentHashMap<>();
    private final Map<Long, String> names = new ConcurrentHashMap<>();

    void put(long uid, ActorRef<Object> actor) {
        actors.put(uid, actor);
    }

    void name(long uid, @Nullable String name) {
        if (name != null) {
            names.put(uid, name);
        }
    }

    void remove(long uid) {
        actors.remove(uid);
        names.remove(uid);
    }

    /** Sends to the node actor of that incarnation. One that is no member gets nothing; the protocol is made for losses. */
    void send(long uid, Object message) {
        ActorRef<Object> actor = actors.get(uid);
        if (actor != null) {
            actor.tell(message);
        }
    }

    /** The name of a node, or its uid if it is not known (any more). */
    String nameOf(long uid) {
        return names.getOrDefault(uid, Long.toHexString(uid));
    }
}
