package dev.gapless.internal.measure;

import dev.gapless.NodeStatus.Loss;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest losses of a node. Subscriptions that missed the same are one: a thousand that a ring overtakes do not push out the others.
 * Thread-safe.
 */
public final class RecentLosses {
    /** So many are kept. */
    static final int MOST = 200;

    private final Map<Key, Loss> losses = new LinkedHashMap<>();

    private record Key(
            String topic,
            @Nullable String producer,
            String consumer,
            boolean ofSubscriptions,
            Reason reason,
            @Nullable Long first,
            @Nullable Long missed) {
        static Key of(Loss loss) {
            return new Key(
                    loss.topic(),
                    loss.producer(),
                    loss.consumer(),
                    loss.subscriptions() > 0,
                    loss.reason(),
                    loss.first(),
                    loss.missed());
        }
    }

    /** This was missed. */
    public synchronized void add(Loss loss) {
        Key key = Key.of(loss);
        Loss same = losses.remove(key);
        losses.put(key, same == null ? loss : both(same, loss));
        if (losses.size() > MOST) {
            Iterator<Key> oldest = losses.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private static Loss both(Loss before, Loss now) {
        return new Loss(
                now.time(),
                now.topic(),
                now.producer(),
                now.consumer(),
                before.subscriptions() + now.subscriptions(),
                now.subscription(),
                now.client(),
                now.reason(),
                now.first(),
                now.missed());
    }

    /** All of them, the oldest first. */
    public synchronized List<Loss> all() {
        return new ArrayList<>(losses.values());
    }
}
