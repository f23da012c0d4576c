package dev.gapless.simulation.schedule;

import dev.gapless.core.Position;
import dev.gapless.simulation.node.SimulatedNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Publishers that give each message an id, and publish some again (rule P17): after a while, whatever became of the first, and always when nobody
 * knew. A repeat may come to a later process of its node. Some repeats say something else.
 */
final class Repeats {
    /** One of so many messages is published again. */
    private static final int ONE_IN = 4;
    /** One of so many repeats says something else. */
    private static final int OTHER_ONE_IN = 8;

    private static final long MOST_LATER_NS = 4 * Profile.SECOND;

    private final Schedule schedule;
    private final RandomGenerator random;
    private final Map<Long, Integer> paddings = new HashMap<>();

    Repeats(Schedule schedule, RandomGenerator random) {
        this.schedule = schedule;
        this.random = random;
    }

    /** Publishes a message, with so many bytes beside its number. */
    void publish(NodeProcess process, long id, int padding) {
        paddings.put(id, padding);
        process.node().publishWithId(id, padding);
        if (random.nextInt(ONE_IN) == 0) {
            boolean other = random.nextInt(OTHER_ONE_IN) == 0;
            again(process.host(), id, other ? padding + 1 : padding, other ? "says something else" : "comes again");
        }
    }

    /** Of this message nobody knows: its publisher tries again. */
    void unknown(NodeProcess process, long id) {
        Integer padding = paddings.get(id);
        if (padding != null) {
            again(process.host(), id, padding, "after nobody knew");
        }
    }

    private void again(Host host, long id, int padding, String why) {
        schedule.timeline().after(1 + random.nextLong(MOST_LATER_NS), () -> {
            if (schedule.workload().mayPublish(host)) {
                schedule.counts().add("repeat: " + why);
                schedule.truth().isRepeated(id);
                schedule.trace(host, () -> "publishes " + id + " again: " + why);
                NodeProcess process = Objects.requireNonNull(host.process());
                process.input(() -> process.node().publishWithId(id, padding));
            }
        });
    }

    /** This message is in that process's log. {@return whether it was there already} */
    boolean isAnsweredAgain(NodeProcess process, long id, Position at) {
        if (!schedule.truth().mayComeAgain(id)) {
            return false;
        }
        String node = process.host().name();
        if (!schedule.settings().durable() && !schedule.truth().has(node, at.epoch(), at.sequence(), id)) {
            return false;
        }
        boolean isOwn = at.epoch()
                .equals(process.node().logOf(SimulatedNode.TOPIC).identity().epoch());
        schedule.counts().add(isOwn ? "repeat: answered" : "repeat: answered of an earlier incarnation's");
        return true;
    }

    /** P17. */
    void checkOnce(NodeProcess process, long id) {
        if (schedule.truth().mayComeAgain(id)) {
            schedule.truth().checkOnce(process.host().name(), id, process.node().logOf(SimulatedNode.TOPIC));
        }
    }
}
