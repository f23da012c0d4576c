package dev.gapless.internal.node;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Asks all shards, once a second, for which nodes their consumers wait, and whether their producers have been read to the end, and passes on
 * what they say together. For the node actor's thread.
 */
final class Lookout {
    static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Is told of all shards together. */
    interface Listener {
        void stands(Set<String> awaited, boolean allRead);
    }

    private final List<ActorRef<Object>> shards;
    private final Consumer<ShardActor.Standing> self;
    private final Listener listener;
    /** Of those that have answered the present question. */
    private final Map<Integer, ShardActor.Standing> answers = new HashMap<>();

    /** @param self brings it to {@link #on} */
    Lookout(List<ActorRef<Object>> shards, Consumer<ShardActor.Standing> self, Listener listener) {
        this.shards = shards;
        this.self = self;
        this.listener = listener;
    }

    /** It is time to ask. */
    void look() {
        answers.clear();
        for (int shard = 0; shard < shards.size(); shard++) {
            shards.get(shard).tell(new ShardActor.AskStanding(shard, self));
        }
    }

    /** One has answered, perhaps late. */
    void on(ShardActor.Standing answer) {
        answers.put(answer.shard(), answer);
        if (answers.size() == shards.size()) {
            Set<String> awaited = new TreeSet<>();
            answers.values().forEach(one -> awaited.addAll(one.awaited()));
            boolean allRead = answers.values().stream().allMatch(ShardActor.Standing::allRead);
            answers.clear();
            listener.stands(awaited, allRead);
        }
    }
}
