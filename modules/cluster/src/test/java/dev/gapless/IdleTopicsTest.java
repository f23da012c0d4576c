package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What idle topics cost. {@code -Didle.topics=10000 -Didle.seconds=60} measures more of them, and processor time. */
class IdleTopicsTest {
    private static final int TOPICS = Integer.getInteger("idle.topics", 500);
    private static final int SECONDS = Integer.getInteger("idle.seconds", 0);

    /** Half as much again as was measured, for other JVMs. */
    private static final int MOST_BYTES = 10_500;

    @Test
    void anIdleTopicCostsLittleHeap() throws Exception {
        IdleTopics.Cost cost = IdleTopics.measure(TOPICS, SECONDS);

        cost.print();
        assertTrue(cost.bytes() < MOST_BYTES, cost.toString());
    }
}
