package dev.gapless.internal.report;

import dev.gapless.GivenUp;
import dev.gapless.internal.fence.Fence;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which consumers of a node have given up, and who wants to be told. Thread-safe. */
public final class GivenUps {
    private static final Logger LOG = LoggerFactory.getLogger(GivenUps.class);

    private final Executor executor;
    private final BooleanSupplier closing;
    private final Map<String, Set<String>> topics = new ConcurrentHashMap<>();
    private final List<Consumer<GivenUp>> hooks = new CopyOnWriteArrayList<>();

    /**
     * None yet.
     *
     * @param executor hooks are called there
     * @param closing does the node shut down? Then nobody is told
     */
    public GivenUps(Executor executor, BooleanSupplier closing) {
        this.executor = executor;
        this.closing = closing;
    }

    /** From now on the consumer of this topic has given up on these producers, possibly on none. */
    public void of(String topic, Set<String> producers) {
        if (producers.isEmpty()) {
            topics.remove(topic);
            LOG.info("Topic {}: all producers answer again", topic);
            return;
        }
        boolean isNew = topics.put(topic, Set.copyOf(producers)) == null;
        if (isNew && !closing.getAsBoolean()) {
            LOG.warn(
                    "Topic {}: the consumer gave up on {}: they are members of the cluster and do not answer, or not for long"
                            + " (gapless.register-backoff.attempts). It goes on asking. Look at those nodes; restarting this one"
                            + " helps if the fault is here",
                    topic,
                    producers);
            GivenUp what = new GivenUp(topic, producers);
            hooks.forEach(hook -> executor.execute(() -> call(hook, what)));
        }
    }

    private static void call(Consumer<GivenUp> hook, GivenUp what) {
        Fence.run(() -> hook.accept(what), shown -> LOG.error("What Gapless.onGivenUp was given failed", shown));
    }

    /** By topic, those on which its consumer has given up. */
    public Map<String, Set<String>> all() {
        return new TreeMap<>(topics);
    }

    /** This one is told, once for each time that a consumer gives up. */
    public void tell(Consumer<GivenUp> hook) {
        hooks.add(hook);
    }
}
