package dev.gapless.core;

import java.util.function.Consumer;

/**
 * The settings of one topic on one node. Times are nanoseconds, sizes bytes. Whoever needs some begins with
 * {@link #DEFAULTS}, and says {@link #with} what differs.
 *
 * @param publishing whether the node publishes at all
 * @param bufferMessages how many messages a log holds at most
 * @param bufferBytes how many bytes it holds at most, with {@link dev.gapless.core.log.Slice#OVERHEAD_BYTES} for each message
 * @param feedMessages how many a feed holds, or 0 for as many as {@code bufferMessages}
 * @param feedBytes how many bytes a feed holds, or 0 for as many as {@code bufferBytes}
 * @param feedHoldNs how long a feed that is behind its producers waits for its subscriptions, or 0 for not at all; not with
 *     {@link Overflow#BACKPRESSURE}
 * @param catchUpReaders how many readers a topic has beside the shared one at most
 * @param maxAgeNs how long a message stays in a ring at most, or 0 for as long as there is room
 * @param overflow what happens when it is full
 * @param batchBytes the largest batch
 * @param windowBytes how much may be under way to one reader without its acknowledgement
 * @param ackDelayNs how long a reader may put off an Ack that the producer does not ask for at once, or 0 for not at all
 * @param maxMessageBytes the largest message
 * @param maxPendingPublishes how many publishes may wait for room, with {@link Overflow#BACKPRESSURE}
 * @param backpressureTimeoutNs how long a publish waits for room; after as long without an Ack a reader is no longer waited for; after
 *     half of it a subscription that frees nothing
 * @param resumeAfterExpiry where an overtaken reader goes on
 * @param heartbeatNs between two heartbeats, and between two pings
 * @param registerBackoff how long an answer to a registration is waited for
 * @param registerJitter the share of that wait that is random, 0 to 1
 * @param registerAttempts after how many failed registrations in a row a consumer says that it gave up, or 0 for never; it goes on asking
 * @param readyTimeoutNs after this long {@code ready()} goes on without nodes that do not answer
 * @param durable whether logs are stored
 * @param durableReturnNs how long the node of a stored log is waited for
 * @param storeTimeoutNs how long an answer of a store is waited for
 * @param storeBackoff how long after a store failed it is asked again
 * @param producerReturnNs how long the end of a producer's node is not yet taken for a loss; also how long an unused empty log is kept
 * @param drainTimeoutNs how long a node that leaves waits for its consumers
 * @param reloadBackoff how long after a reload that failed it is tried again
 * @param reloadAttempts how often a reload that fails is tried, or 0 for ever
 * @param reloadIntervalNs between the beginnings of two reloads of a subscription, at least
 * @param reloadJitterNs how long a reload waits at most so that not all begin at once
 */
public record TopicSettings(
        boolean publishing,
        int bufferMessages,
        long bufferBytes,
        int feedMessages,
        long feedBytes,
        long feedHoldNs,
        int catchUpReaders,
        long maxAgeNs,
        Overflow overflow,
        int batchBytes,
        long windowBytes,
        long ackDelayNs,
        int maxMessageBytes,
        int maxPendingPublishes,
        long backpressureTimeoutNs,
        ResumeAfterExpiry resumeAfterExpiry,
        long heartbeatNs,
        Backoff registerBackoff,
        double registerJitter,
        int registerAttempts,
        long readyTimeoutNs,
        boolean durable,
        long durableReturnNs,
        long storeTimeoutNs,
        Backoff storeBackoff,
        long producerReturnNs,
        long drainTimeoutNs,
        Backoff reloadBackoff,
        int reloadAttempts,
        long reloadIntervalNs,
        long reloadJitterNs) {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    /** That make up the window of a catch-up reader. */
    private static final long CATCH_UP_BATCHES = 4;

    /** Those of {@code reference.conf}. */
    public static final TopicSettings DEFAULTS = new Draft().settings();

    /** These settings, but for what {@code change} sets. */
    public TopicSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /**
     * The settings of a catch-up reader: its feed has room for a window, and overwrites nothing that was not read, but waits for no subscription
     * for long. There may be some, so its window is a few batches at most.
     */
    public TopicSettings forCatchUp() {
        return with(draft -> {
            draft.feedMessages = 0;
            draft.windowBytes = Math.min(windowBytes, CATCH_UP_BATCHES * batchBytes);
            draft.feedBytes = draft.windowBytes;
            draft.overflow = Overflow.BACKPRESSURE;
            draft.backpressureTimeoutNs =
                    backpressure() ? backpressureTimeoutNs : 2 * Math.max(feedHoldNs, heartbeatNs);
            draft.maxAgeNs = 0;
        });
    }

    public boolean backpressure() {
        return overflow == Overflow.BACKPRESSURE;
    }

    /** How many messages and notices a feed holds at most. */
    public int mostInFeed() {
        return feedMessages == 0 ? bufferMessages : feedMessages;
    }

    /** How many bytes a feed holds at most, with {@link dev.gapless.core.log.Slice#OVERHEAD_BYTES} for each message, and more for those that came together. */
    public long mostBytesInFeed() {
        return feedBytes == 0 ? bufferBytes : feedBytes;
    }

    /** Settings that are being put together: at first the defaults, or those that are changed. */
    public static final class Draft {
        public boolean publishing = true;
        public int bufferMessages = 65_536;
        public long bufferBytes = 16 << 20;
        public int feedMessages;
        public long feedBytes;
        public long feedHoldNs = SECOND;
        public int catchUpReaders = 8;
        public long maxAgeNs;
        public Overflow overflow = Overflow.EXPIRE;
        public int batchBytes = 128 << 10;
        public long windowBytes = 2 << 20;
        public long ackDelayNs = 5 * MS;
        public int maxMessageBytes = 100 << 10;
        public int maxPendingPublishes = 10_000;
        public long backpressureTimeoutNs = 10 * SECOND;
        public ResumeAfterExpiry resumeAfterExpiry = ResumeAfterExpiry.HEAD;
        public long heartbeatNs = SECOND;
        public Backoff registerBackoff = new Backoff(200 * MS, 10 * SECOND);
        public double registerJitter = 0.2;
        public int registerAttempts = 0;
        public long readyTimeoutNs = 10 * SECOND;
        public boolean durable;
        public long durableReturnNs = 300 * SECOND;
        public long storeTimeoutNs = 10 * SECOND;
        public Backoff storeBackoff = new Backoff(100 * MS, 10 * SECOND);
        public long producerReturnNs = 15 * SECOND;
        public long drainTimeoutNs = 4 * SECOND;
        public Backoff reloadBackoff = new Backoff(200 * MS, 10 * SECOND);
        public int reloadAttempts = 100;
        public long reloadIntervalNs = SECOND;
        public long reloadJitterNs = SECOND;

        private Draft() {}

        private Draft(TopicSettings from) {
            publishing = from.publishing;
            bufferMessages = from.bufferMessages;
            bufferBytes = from.bufferBytes;
            feedMessages = from.feedMessages;
            feedBytes = from.feedBytes;
            feedHoldNs = from.feedHoldNs;
            catchUpReaders = from.catchUpReaders;
            maxAgeNs = from.maxAgeNs;
            overflow = from.overflow;
            batchBytes = from.batchBytes;
            windowBytes = from.windowBytes;
            ackDelayNs = from.ackDelayNs;
            maxMessageBytes = from.maxMessageBytes;
            maxPendingPublishes = from.maxPendingPublishes;
            backpressureTimeoutNs = from.backpressureTimeoutNs;
            resumeAfterExpiry = from.resumeAfterExpiry;
            heartbeatNs = from.heartbeatNs;
            registerBackoff = from.registerBackoff;
            registerJitter = from.registerJitter;
            registerAttempts = from.registerAttempts;
            readyTimeoutNs = from.readyTimeoutNs;
            durable = from.durable;
            durableReturnNs = from.durableReturnNs;
            storeTimeoutNs = from.storeTimeoutNs;
            storeBackoff = from.storeBackoff;
            producerReturnNs = from.producerReturnNs;
            drainTimeoutNs = from.drainTimeoutNs;
            reloadBackoff = from.reloadBackoff;
            reloadAttempts = from.reloadAttempts;
            reloadIntervalNs = from.reloadIntervalNs;
            reloadJitterNs = from.reloadJitterNs;
        }

        private TopicSettings settings() {
            return new TopicSettings(
                    publishing,
                    bufferMessages,
                    bufferBytes,
                    feedMessages,
                    feedBytes,
                    feedHoldNs,
                    catchUpReaders,
                    maxAgeNs,
                    overflow,
                    batchBytes,
                    windowBytes,
                    ackDelayNs,
                    maxMessageBytes,
                    maxPendingPublishes,
                    backpressureTimeoutNs,
                    resumeAfterExpiry,
                    heartbeatNs,
                    registerBackoff,
                    registerJitter,
                    registerAttempts,
                    readyTimeoutNs,
                    durable,
                    durableReturnNs,
                    storeTimeoutNs,
                    storeBackoff,
                    producerReturnNs,
                    drainTimeoutNs,
                    reloadBackoff,
                    reloadAttempts,
                    reloadIntervalNs,
                    reloadJitterNs);
        }
    }
}
