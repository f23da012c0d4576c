package dev.gapless.simulation.schedule;

import dev.gapless.core.Backoff;
import dev.gapless.core.Overflow;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.member.History;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What kind of execution a seed gives.
 *
 * @param settings the topic's
 * @param hosts how many addresses there are
 * @param faults whether anything goes wrong
 * @param badTimesNs how long things go wrong
 * @param faultGapNs how long between two faults, on average
 * @param publishGapNs how long between two bursts of a producer, on average
 * @param burst how many messages a burst has at most
 * @param padding how many bytes a message has at most, beside its number
 * @param gossipNs how long the news of a member may take
 * @param newsInOrder whether everybody learns of all members in the same order
 * @param slowJoins whether a node may hear of others for a while before it is up itself
 * @param mostInFlight how many messages a link holds before it drops them
 * @param cursorRetentionNs how long a producer keeps the cursors of a node that it does not hear
 * @param longHistory whether one node begins again and again
 * @param chains whether faults come in chains
 * @param several how there may be several clusters; null if there is one
 * @param mixed whether settings differ between nodes, as they do while they are being changed
 * @param travels whether a client goes from node to node with its token, while nodes leave and come back
 */
record Profile(
        TopicSettings settings,
        int hosts,
        boolean faults,
        long badTimesNs,
        long faultGapNs,
        long publishGapNs,
        int burst,
        int padding,
        long gossipNs,
        boolean newsInOrder,
        boolean slowJoins,
        int mostInFlight,
        long cursorRetentionNs,
        boolean longHistory,
        boolean chains,
        @Nullable SeveralClusters several,
        boolean mixed,
        boolean travels) {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;

    /** How long everybody goes on publishing once nothing goes wrong any more. */
    static final long COMING_BACK_NS = 12 * SECOND;

    /** A message's number, and what a frame and an entry of a feed are charged for beside the content. */
    /** More than ever end. */
    private static final int MANY = 1_000;

    /** From this seed on logs are stored. */
    static final long FIRST_DURABLE = 1_000_000_000_000L;

    /** From this one on publishers want receipts; of every second the logs are stored. */
    static final long FIRST_WITH_RECEIPTS = 2_000_000_000_000L;

    /** From this one on publishers also invalidate what they published. */
    static final long FIRST_WITH_INVALIDATIONS = 3_000_000_000_000L;

    /** From this one on messages have ids, and are published again. */
    static final long FIRST_WITH_REPEATS = 4_000_000_000_000L;

    /** From this one on sources of truth claim more than was published, too. */
    static final long FIRST_WITH_CLAIMS = 5_000_000_000_000L;

    /** From this one on nobody invalidates, repeats or claims anything; of three subscribers one keeps the last token and what came since, and one a list of positions. */
    static final long FIRST_WITH_KEPT_PLACES = 6_000_000_000_000L;

    /** From this one on logs give way, and are whole again, besides: where nothing goes wrong, none does. */
    static final long FIRST_WITH_LIMITS = 7_000_000_000_000L;

    /** From this one on records of stored logs are lost, too, and the logs repaired. */
    static final long FIRST_WITH_REPAIRS = 8_000_000_000_000L;

    private static final long NUMBER_AND_OVERHEAD = 8 + 64;

    private static final long ENTRY_OVERHEAD = 32;

    /** The profile of a seed. */
    static Profile of(RandomGenerator random, long seed) {
        Profile profile = inMemory(random, seed);
        if (seed < FIRST_DURABLE || (seed >= FIRST_WITH_RECEIPTS && seed % 2 == 0)) {
            return profile;
        }
        TopicSettings settings = durable(profile.settings, new SplittableRandom(seed));
        return profile.stored(settings, profile.faults && seed % 11 == 4);
    }

    private static TopicSettings durable(TopicSettings settings, RandomGenerator random) {
        return settings.with(draft -> {
            draft.durable = true;
            draft.durableReturnNs = draft.producerReturnNs + random.nextLong(20 * SECOND);
            draft.storeTimeoutNs = 200 * MS + random.nextLong(2 * SECOND);
            draft.storeBackoff = new Backoff(20 * MS, SECOND);
        });
    }

    /** With stored logs; {@code alone} with one node, and no other one to come. */
    private Profile stored(TopicSettings others, boolean alone) {
        return new Profile(
                others,
                alone ? 1 : hosts,
                faults,
                badTimesNs,
                faultGapNs,
                publishGapNs,
                burst,
                padding,
                gossipNs,
                newsInOrder,
                slowJoins,
                mostInFlight,
                cursorRetentionNs,
                longHistory,
                chains && !alone,
                alone ? null : several,
                mixed,
                travels && !alone);
    }

    /** Is there one node, and no other one to come? */
    boolean single() {
        return hosts == 1;
    }

    private static Profile inMemory(RandomGenerator random, long seed) {
        Profile profile = ordinary(random, seed % 8 == 4, seed % 3 == 0 ? 0 : seed % 40 * MS, seed % 5 == 1);
        if (profile.faults && seed % 17 == 9) {
            return profile.longer(random);
        }
        if (profile.faults && seed % 7 == 3) {
            return profile.chained(random);
        }
        return profile.faults && seed % 6 == 1 ? profile.clustered(random) : profile;
    }

    /**
     * How there may be several clusters.
     *
     * @param graceNs for so long another one is seen before it counts
     * @param warns whether some processes only warn
     * @param seedsLeftOut the host that is no seed node, or none
     */
    record SeveralClusters(long graceNs, boolean warns, int seedsLeftOut) {}

    /** With clusters beside each other: three hosts at least, and time enough for them to find each other. */
    private Profile clustered(RandomGenerator random) {
        long graceNs = (1 + random.nextInt(3)) * SECOND;
        int most = Math.max(3, hosts);
        int leftOut = random.nextInt(3) == 0 ? random.nextInt(most) : -1;
        return new Profile(
                settings,
                most,
                true,
                Math.max(badTimesNs, 16 * SECOND),
                2 * faultGapNs,
                publishGapNs,
                burst,
                padding,
                Math.min(gossipNs, SECOND),
                newsInOrder,
                slowJoins,
                mostInFlight,
                cursorRetentionNs,
                false,
                false,
                new SeveralClusters(graceNs, random.nextInt(5) == 0, leftOut),
                mixed,
                travels);
    }

    /** With more incarnations of a node than anybody remembers, and as many messages. */
    private Profile longer(RandomGenerator random) {
        long lastsNs = (40 + random.nextInt(16)) * SECOND;
        long gapNs = (long) (publishGapNs * ((double) (lastsNs + COMING_BACK_NS) / (badTimesNs + COMING_BACK_NS)));
        return new Profile(
                settings,
                hosts,
                true,
                lastsNs,
                (2 + random.nextInt(4)) * SECOND,
                gapNs,
                burst,
                padding,
                Math.min(gossipNs, 300 * MS),
                newsInOrder,
                slowJoins,
                mostInFlight,
                cursorRetentionNs,
                true,
                false,
                null,
                mixed,
                travels);
    }

    /** With small rings, little patience, and somebody left who hears of what becomes of two. */
    private Profile chained(RandomGenerator random) {
        int ring = 1 + random.nextInt(16);
        return new Profile(
                settings.with(draft -> {
                    draft.bufferMessages = Math.min(ring, draft.bufferMessages);
                    draft.producerReturnNs = 100 * MS + random.nextLong(SECOND);
                    draft.readyTimeoutNs = SECOND + random.nextLong(SECOND);
                }),
                Math.max(3, hosts),
                true,
                badTimesNs,
                4 * faultGapNs,
                publishGapNs,
                burst,
                padding,
                Math.min(gossipNs, 300 * MS),
                newsInOrder,
                slowJoins,
                mostInFlight,
                cursorRetentionNs,
                false,
                true,
                null,
                mixed,
                travels);
    }

    private static Profile ordinary(RandomGenerator random, boolean slowJoins, long ackDelayNs, boolean traveller) {
        boolean faults = random.nextInt(10) != 0;
        boolean backpressure = random.nextInt(3) == 0;
        int padding = 1 + random.nextInt(60);
        int ring = ring(random, faults, backpressure);
        int largest = (int) NUMBER_AND_OVERHEAD + padding;
        int batch = largest * (1 + random.nextInt(6));
        long bufferBytes = faults && random.nextInt(4) == 0
                ? Math.max(largest + ENTRY_OVERHEAD, (long) ring * (largest / 2))
                : 1 << 20;
        TopicSettings settings = TopicSettings.DEFAULTS.with(draft -> {
            draft.bufferMessages = ring;
            draft.bufferBytes = bufferBytes;
            draft.overflow = backpressure ? Overflow.BACKPRESSURE : Overflow.EXPIRE;
            draft.batchBytes = batch;
            draft.windowBytes = (long) batch * (1 + random.nextInt(6));
            draft.ackDelayNs = ackDelayNs;
            draft.maxMessageBytes = batch;
            draft.maxPendingPublishes = 1 + random.nextInt(100);
            draft.backpressureTimeoutNs = (4 + random.nextInt(7)) * SECOND;
            draft.resumeAfterExpiry = random.nextBoolean() ? ResumeAfterExpiry.HEAD : ResumeAfterExpiry.RETAINED;
            draft.registerBackoff = new Backoff(200 * MS, (1 + random.nextInt(4)) * SECOND);
            draft.readyTimeoutNs = (2 + random.nextInt(3)) * SECOND;
            draft.producerReturnNs = (1 + random.nextInt(5)) * SECOND;
            draft.drainTimeoutNs = (1 + random.nextInt(4)) * SECOND;
            draft.reloadBackoff = new Backoff(100 * MS, 2 * SECOND);
        });
        int hosts = 2 + random.nextInt(4);
        long badTimesNs = (4 + random.nextInt(20)) * SECOND;
        int burst = 1 + random.nextInt(16);
        long faultGapNs = (150 + random.nextInt(1_500)) * MS;
        long publishGapNs =
                Math.max(5 * MS, (badTimesNs + COMING_BACK_NS) * hosts * (burst + 1) / 2 / messages(random));
        long gossipNs = (5 + (faults && random.nextInt(8) == 0 ? random.nextInt(4_000) : random.nextInt(400))) * MS;
        boolean newsInOrder = !faults || random.nextBoolean();
        int mostInFlight = faults && random.nextInt(4) == 0 ? 5 + random.nextInt(50) : 200;
        long cursorRetentionNs = faults && random.nextInt(4) == 0 ? (3 + random.nextInt(5)) * SECOND : 3600 * SECOND;
        boolean paced = random.nextInt(3) == 0;
        long reloadIntervalNs = paced ? random.nextLong(3 * SECOND) : 0;
        long reloadJitterNs = paced ? random.nextLong(2 * SECOND) : 0;
        long maxAgeNs = faults && random.nextInt(6) == 0 ? SECOND + random.nextLong(10 * SECOND) : 0;
        boolean mixed = faults && random.nextInt(4) == 0;
        int feed = !faults || backpressure || random.nextInt(3) != 0 ? 0 : 1 + random.nextInt(8);
        return new Profile(
                settings.with(draft -> {
                    draft.feedMessages = feed;
                    draft.maxAgeNs = maxAgeNs;
                    draft.reloadIntervalNs = reloadIntervalNs;
                    draft.reloadJitterNs = reloadJitterNs;
                }),
                hosts,
                faults,
                badTimesNs,
                faultGapNs,
                publishGapNs,
                burst,
                padding,
                gossipNs,
                newsInOrder,
                faults && slowJoins,
                mostInFlight,
                cursorRetentionNs,
                false,
                false,
                null,
                mixed,
                faults && traveller);
    }

    boolean hasMoreFaults() {
        return longHistory || chains || several != null || travels;
    }

    boolean clusters() {
        return several != null;
    }

    /** Once another cluster is over: two graces, and seven if the oldest member did not hear of it; or until that one is removed. */
    long toTellOfAnotherNs() {
        return several == null ? 0 : 8 * several.graceNs() + 8 * SECOND;
    }

    /** Without any more faults: they find each other, are sure of it, and one of them leaves, one member after the other. */
    long toBecomeOneNs() {
        return several == null ? 0 : 20 * several.graceNs() + 4 * settings.drainTimeoutNs() + 20 * SECOND;
    }

    /** Does it forget those that others may remember still? */
    static boolean isShort(History.Bounds history) {
        return history.most() < MANY;
    }

    /** How much processes remember of others that ended. Whoever is told last is told within the margin. */
    History.Bounds history(RandomGenerator process) {
        if (single()) { // else its tokens would be told for that reason
            return new History.Bounds(25_000, 3_600_000, MANY);
        }
        int most = process.nextInt(4) == 0 ? 2 + process.nextInt(4) : MANY;
        return new History.Bounds(25_000, process.nextInt(4) == 0 ? 30_000 : 3_600_000, most);
    }

    /** A process's own. Nothing in them is larger than in those of the topic. */
    TopicSettings settingsOf(RandomGenerator process) {
        if (!mixed) {
            return settings;
        }
        int largest = (int) NUMBER_AND_OVERHEAD + padding;
        int batch = largest * (1 + process.nextInt(settings.batchBytes() / largest));
        int batches = (int) (settings.windowBytes() / batch);
        return settings.with(draft -> {
            draft.bufferMessages = 1 + process.nextInt(settings.bufferMessages());
            draft.batchBytes = batch;
            draft.maxMessageBytes = batch;
            draft.windowBytes = (long) batch * (1 + process.nextInt(batches));
            draft.resumeAfterExpiry = process.nextBoolean() ? ResumeAfterExpiry.HEAD : ResumeAfterExpiry.RETAINED;
            draft.producerReturnNs = 1 + process.nextLong(settings.producerReturnNs());
            draft.readyTimeoutNs = 1 + process.nextLong(settings.readyTimeoutNs());
            draft.maxAgeNs = process.nextBoolean() ? settings.maxAgeNs() : 0;
        });
    }

    /** About as many are published: some hundreds in most schedules, thousands in a few. */
    private static int messages(RandomGenerator random) {
        return random.nextInt(20) == 0
                ? 1_500 + random.nextInt(5_000)
                : (int) (40 * Math.exp(random.nextDouble() * 3.2));
    }

    private static int ring(RandomGenerator random, boolean faults, boolean backpressure) {
        if (!faults) {
            return backpressure ? 8 << random.nextInt(4) : 8_192;
        }
        return switch (random.nextInt(6)) {
            case 0 -> 1 + random.nextInt(3);
            case 1 -> 1 + random.nextInt(1_000);
            default -> 4 << random.nextInt(6);
        };
    }

    /** Counts what kind of execution it is, so that one sees which kinds there were. */
    void count(Counts counts) {
        if (!faults) {
            counts.add("setting: no faults, " + settings.overflow());
        }
        counts.add("setting: " + ringClass());
        counts.add("setting: overflow " + settings.overflow());
        counts.add("setting: resumes at " + settings.resumeAfterExpiry());
        counts.add(single() ? "setting: a single node" : "setting: " + hosts + " nodes");
        counts.add(
                settings.windowBytes() == settings.batchBytes()
                        ? "setting: window of one batch"
                        : "setting: window of several batches");
        if (settings.bufferBytes() < (long) settings.bufferMessages() * (NUMBER_AND_OVERHEAD + padding)) {
            counts.add("setting: ring bounded by its bytes");
        }
        if (settings.feedMessages() > 0 && settings.feedMessages() < settings.bufferMessages()) {
            counts.add("setting: feed smaller than the ring");
        }
        if (settings.maxAgeNs() > 0) {
            counts.add("setting: rings bounded by age");
        }
        counts.add(
                settings.reloadIntervalNs() > 0 ? "setting: reloads at intervals" : "setting: reloads as they are due");
        if (longHistory) {
            counts.add("setting: long history");
        }
        if (chains) {
            counts.add("setting: chains of faults");
        }
        if (several != null) {
            counts.add(
                    several.warns()
                            ? "setting: several clusters, and some nodes only warn"
                            : "setting: several clusters");
        }
        if (travels) {
            counts.add("setting: a client that goes from node to node");
        }
        counts.add(mixed ? "setting: settings of each process" : "setting: settings of all");
        counts.add(newsInOrder ? "setting: members' news in order" : "setting: members' news in any order");
    }

    private String ringClass() {
        int messages = settings.bufferMessages();
        if (messages <= 3) {
            return "ring of 1 to 3";
        } else if (messages < 32) {
            return "ring of 4 to 31";
        } else if (messages < 256) {
            return "ring of 32 to 255";
        }
        return messages <= 1_000 ? "ring of 256 to 1,000" : "ring that nothing overruns";
    }

    /** The most that one entry of a ring or feed is charged for. */
    long largestEntryBytes() {
        return NUMBER_AND_OVERHEAD + padding + ENTRY_OVERHEAD;
    }
}
