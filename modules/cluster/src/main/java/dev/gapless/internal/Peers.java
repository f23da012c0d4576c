package dev.gapless.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** The hubs of the members, by the uid of their life. Written by this node's hub, read by whoever sends. Thread-safe. */
final class Peers {
    private final Map<Long, ActorRef<Object>> hubs = new ConcurrentHashMap<>();
    private final Map<Long, String> names = new ConcurrentHashMap<>();

    void put(long uid, ActorRef<Object> hub) {
        hubs.put(uid, hub);
    }

    void name(long uid, @Nullable String name) {
        if (name != null) {
            names.put(uid, name);
        }
    }

    void remove(long uid) {
        hubs.remove(uid);
        names.remove(uid);
    }

    /** Sends to the hub of that life. A life that is no member gets nothing; the protocol is made for losses. */
    void send(long uid, Object message) {
        ActorRef<Object> hub = hubs.get(uid);
        if (hub != null) {
            hub.tell(message);
        }
    }

    /** The name of a node, or its uid if it is not known (any more). */
    String nameOf(long uid) {
        return names.getOrDefault(uid, Long.toHexString(uid));
    }
}
