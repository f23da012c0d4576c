package dev.gapless.core.simulation;

import dev.gapless.core.Overflow;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import java.util.random.RandomGenerator;

/**
 * What kind of execution a seed gives.
 *
 * @param settings the topic's
 * @param faults whether anything goes wrong
 * @param faultGapNs how long between two faults, on average
 * @param publishGapNs how long between two bursts of a producer, on average
 * @param burst how many messages a burst has at most
 * @param padding how many bytes a message has at most, beside its number
 * @param gossipNs how long the news of a member may take
 */
record Profile(
        TopicSettings settings,
        boolean faults,
        long faultGapNs,
        long publishGapNs,
        int burst,
        int padding,
        long gossipNs) {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;

    static Profile of(RandomGenerator random) {
        boolean faults = random.nextInt(10) != 0;
        boolean backpressure = random.nextInt(3) == 0;
        int ring = faults || !backpressure ? 4 << random.nextInt(6) : 8 << random.nextInt(4);
        if (!faults && !backpressure) {
            ring = 4_096;
        }
        int padding = 1 + random.nextInt(60);
        int batch = (8 + padding + 64) * (1 + random.nextInt(6));
        TopicSettings settings = new TopicSettings(
                ring,
                random.nextInt(4) == 0 && faults ? (long) ring * 100 : 1 << 20,
                backpressure ? Overflow.BACKPRESSURE : Overflow.EXPIRE,
                batch,
                (long) batch * (1 + random.nextInt(6)),
                batch,
                100,
                10 * SECOND,
                random.nextBoolean() ? ResumeAfterExpiry.HEAD : ResumeAfterExpiry.RETAINED,
                SECOND,
                200 * MS,
                4 * SECOND,
                0.2,
                3 * SECOND,
                5 * SECOND,
                4 * SECOND,
                100 * MS,
                2 * SECOND);
        return new Profile(
                settings,
                faults,
                (1 + random.nextInt(3)) * SECOND,
                (20 + random.nextInt(300)) * MS,
                1 + random.nextInt(12),
                padding,
                (5 + random.nextInt(400)) * MS);
    }

    /** The most that one entry of a ring or feed is charged for. */
    long largestEntryBytes() {
        return 8L + padding + 64 + 32;
    }
}
