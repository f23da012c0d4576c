package dev.gapless.core;

/**
 * The settings of one topic on one node. Times are nanoseconds, sizes bytes.
 *
 * @param ringMessages how many messages a ring (log or feed) holds at most
 * @param ringBytes how many bytes it holds at most, with {@link dev.gapless.core.log.Frame#OVERHEAD_BYTES} for each message
 * @param overflow what happens when it is full
 * @param batchBytes the largest batch
 * @param windowBytes how much may be under way to one reader without its acknowledgement
 * @param maxMessageBytes the largest message
 * @param maxPendingPublishes how many publishes may wait for room, with {@link Overflow#BACKPRESSURE}
 * @param backpressureTimeoutNs after this long without freeing anything a reader is no longer waited for
 * @param resumeAfterExpiry where an overtaken reader goes on
 * @param heartbeatNs between two heartbeats, and between two pulses
 * @param backoffMinNs the first wait for an answer to a registration
 * @param backoffMaxNs the longest
 * @param backoffJitter the share of a wait that is random, 0 to 1
 * @param readyTimeoutNs after this long {@code ready()} goes on without nodes that do not answer
 * @param producerReturnNs how long the end of a producer's node is not yet taken for a loss
 * @param drainTimeoutNs how long a node that leaves waits for its consumers
 * @param reloadBackoffMinNs how long after a reload that failed it is tried again
 * @param reloadBackoffMaxNs and at most, after it has failed often
 */
public record TopicSettings(
        int ringMessages,
        long ringBytes,
        Overflow overflow,
        int batchBytes,
        long windowBytes,
        int maxMessageBytes,
        int maxPendingPublishes,
        long backpressureTimeoutNs,
        ResumeAfterExpiry resumeAfterExpiry,
        long heartbeatNs,
        long backoffMinNs,
        long backoffMaxNs,
        double backoffJitter,
        long readyTimeoutNs,
        long producerReturnNs,
        long drainTimeoutNs,
        long reloadBackoffMinNs,
        long reloadBackoffMaxNs) {

    /** The largest message that fits everywhere (rule P10). */
    public long largestMessageBytes() {
        return Math.min(Math.min(maxMessageBytes, batchBytes), Math.min(ringBytes, windowBytes));
    }

    /** The settings of a catch-up reader's feed: room for a window, and nothing is overwritten that was not read. */
    public TopicSettings forCatchUp() {
        return new TopicSettings(
                ringMessages,
                windowBytes,
                Overflow.BACKPRESSURE,
                batchBytes,
                windowBytes,
                maxMessageBytes,
                maxPendingPublishes,
                backpressureTimeoutNs,
                resumeAfterExpiry,
                heartbeatNs,
                backoffMinNs,
                backoffMaxNs,
                backoffJitter,
                readyTimeoutNs,
                producerReturnNs,
                drainTimeoutNs,
                reloadBackoffMinNs,
                reloadBackoffMaxNs);
    }

    public boolean backpressure() {
        return overflow == Overflow.BACKPRESSURE;
    }
}
