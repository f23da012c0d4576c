package dev.gapless.simulation.explore;

import dev.gapless.core.Backoff;
import dev.gapless.core.Overflow;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A small case: who is there, how large the rings are, and how much may go wrong.
 *
 * @param name what it is about
 * @param settings of the topic
 * @param hosts the nodes
 * @param budget how often each kind of action that is not the protocol's own may happen
 * @param cold whether it begins when the first registrations are under way; else every subscription is ready at first
 * @param prompt whether what is published is sent at once, one by one; else several may be published before anything is sent
 * @param readsAtOnce whether subscriptions read whatever comes at once, but for reloads; else each may lag behind
 * @param joining whether who starts is seen joining first, and is up later
 * @param graceNs of the other cluster, where each host is a cluster of its own (M4); 0 if all are one
 * @param leastStates how many states it has at least: fewer mean that something is not explored any more
 * @param leastDepth how far the last of them is from the first
 */
public record Configuration(
        String name,
        TopicSettings settings,
        List<Host> hosts,
        Map<Kind, Integer> budget,
        boolean cold,
        boolean prompt,
        boolean readsAtOnce,
        boolean joining,
        int graceNs,
        int leastStates,
        int leastDepth) {

    /** So long a time never passes. */
    static final long NEVER_NS = 1L << 40;

    /** What {@link Kind#OPEN} chooses from. */
    static final List<Opening> OPENINGS = List.of(new Opening.Latest(), new Opening.Earliest());

    /** In the ring of a stored log. */
    private static final int ROOM_FOR_ALL = 8;

    /** Of one frame: a number, and what a frame is charged for. */
    private static final int FRAME_BYTES = 8 + 64;

    /**
     * A node.
     *
     * @param name its name
     * @param publishes how many messages it publishes at most, over all of its incarnations
     * @param subscriptions how many it has from the start
     * @param may what may happen to it, of {@code OPEN}, {@code CLOSE}, {@code TAKE}, {@code RESUME}, {@code LEAVE},
     *     {@code CRASH}, {@code START}, {@code EARLY}, …
     * @param present whether it is there from the start
     * @param silent whether its name may come late, or be lost: others say theirs at once
     * @param near whether messages from and to it, and news of members, arrive at once
     */
    public record Host(
            String name,
            int publishes,
            int subscriptions,
            List<Kind> may,
            boolean present,
            boolean silent,
            boolean near) {}

    /** Is each host a cluster of its own? */
    boolean isApart() {
        return graceNs > 0;
    }

    /** Is what is published stored? Then nothing is ever lost here: rings have room for all, and who is gone returns. */
    boolean isDurable() {
        return settings.durable();
    }

    int budgetOf(Kind kind) {
        return budget.getOrDefault(kind, 0);
    }

    /**
     * Messages between these two arrive at once: within a node, between nodes that publish nothing, which leaves out
     * interleavings of what no guarantee is about, and where one of them is near.
     */
    boolean isDirect(int from, int to) {
        Host one = hosts.get(from);
        Host other = hosts.get(to);
        return from == to || (one.publishes == 0 && other.publishes == 0) || one.near || other.near;
    }

    static Builder of(String name) {
        return new Builder(name);
    }

    /** Puts one together. */
    static final class Builder {
        private final String name;
        private final List<Host> hosts = new ArrayList<>();
        private final Map<Kind, Integer> budget = new EnumMap<>(Kind.class);
        private int ring = 2;
        private int feed;
        private int feedHold;
        private Overflow overflow = Overflow.EXPIRE;
        private int windowBatches = 8;
        private int batchMessages = 8;
        private boolean cold;
        private boolean prompt = true;
        private boolean readsAtOnce;
        private boolean joining;
        private boolean durable;
        private int grace;
        private int readyTimeout = 1;
        private int producerReturn = 1;

        Builder(String name) {
            this.name = name;
        }

        Builder host(String host, int publishes, int subscriptions, Kind... may) {
            hosts.add(new Host(host, publishes, subscriptions, List.of(may), true, false, false));
            return this;
        }

        Builder near(String host, int publishes, int subscriptions, Kind... may) {
            hosts.add(new Host(host, publishes, subscriptions, List.of(may), true, false, true));
            return this;
        }

        Builder absent(String host, int publishes, int subscriptions, Kind... may) {
            hosts.add(new Host(host, publishes, subscriptions, List.of(may), false, false, false));
            return this;
        }

        Builder silent(String host, int publishes, int subscriptions, Kind... may) {
            hosts.add(new Host(host, publishes, subscriptions, List.of(may), true, true, false));
            return this;
        }

        Builder may(Kind kind, int times) {
            budget.put(kind, times);
            return this;
        }

        Builder ring(int messages) {
            ring = messages;
            return this;
        }

        /** Feeds of so many messages, which wait for so many heartbeat intervals while they are behind. */
        Builder feed(int messages, int hold) {
            feed = messages;
            feedHold = hold;
            return this;
        }

        /** Batches of so many messages, and a window of so many batches. */
        Builder window(int messages, int batches) {
            batchMessages = messages;
            windowBatches = batches;
            return this;
        }

        Builder backpressure() {
            overflow = Overflow.BACKPRESSURE;
            return this;
        }

        Builder cold() {
            cold = true;
            return this;
        }

        Builder inBatches() {
            prompt = false;
            return this;
        }

        Builder readsAtOnce() {
            readsAtOnce = true;
            return this;
        }

        Builder joining() {
            joining = true;
            return this;
        }

        /** Logs are stored. Hosts of one name share a store. Readers wait for who is gone, and publishers for their answers. */
        Builder durable() {
            durable = true;
            return this;
        }

        /** Each host is a cluster of its own, with such a grace in heartbeat intervals. */
        Builder apart(int graceIntervals) {
            grace = graceIntervals;
            return this;
        }

        /** In units of a heartbeat interval, which is also the backoff. */
        Builder timeouts(int ready, int returns) {
            readyTimeout = ready;
            producerReturn = returns;
            return this;
        }

        Configuration atLeast(int states, int depth) {
            return new Configuration(
                    name,
                    settings(),
                    List.copyOf(hosts),
                    Map.copyOf(budget),
                    cold,
                    prompt,
                    readsAtOnce,
                    joining,
                    grace,
                    states,
                    depth);
        }

        private TopicSettings settings() {
            int batchBytes = batchMessages * FRAME_BYTES;
            return TopicSettings.DEFAULTS.with(draft -> {
                draft.bufferMessages = durable ? ROOM_FOR_ALL : ring;
                draft.bufferBytes = 1 << 20;
                draft.feedMessages = feed;
                draft.feedHoldNs = feedHold;
                draft.overflow = overflow;
                draft.batchBytes = batchBytes;
                draft.windowBytes = (long) windowBatches * batchBytes;
                draft.ackDelayNs = 0; // Acks are late as it is
                draft.maxMessageBytes = batchBytes;
                draft.maxPendingPublishes = 10;
                draft.backpressureTimeoutNs = overflow == Overflow.BACKPRESSURE ? 2 : durable ? NEVER_NS : 0;
                draft.resumeAfterExpiry = ResumeAfterExpiry.HEAD;
                draft.heartbeatNs = 1;
                draft.registerBackoff = new Backoff(1, 1);
                draft.registerJitter = 0;
                draft.readyTimeoutNs = readyTimeout;
                draft.producerReturnNs = durable ? NEVER_NS : producerReturn;
                draft.drainTimeoutNs = 2;
                draft.durable = durable;
                draft.durableReturnNs = NEVER_NS;
                draft.storeTimeoutNs = 1;
                draft.storeBackoff = new Backoff(1, 1);
                draft.reloadBackoff = new Backoff(1, 1);
                draft.reloadIntervalNs = 0;
                draft.reloadJitterNs = 0;
            });
        }
    }
}
