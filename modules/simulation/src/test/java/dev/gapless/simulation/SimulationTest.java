package dev.gapless.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.producer.ReceiptAnswer;
import dev.gapless.simulation.schedule.FailedSchedule;
import dev.gapless.simulation.schedule.ScheduleReport;
import dev.gapless.simulation.schedule.Simulator;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The guarantees hold whatever goes wrong. {@code -Dgapless.simulation.seeds=A..B} runs other seeds than the normal ones. */
@Isolated
class SimulationTest {
    private static final String SEEDS = "1..10000";
    /** Of each build; {@link #SEEDS} are those of a thorough one. */
    private static final long FEW = 1_000;

    /** In front of the seeds of which logs are stored. */
    private static final long DURABLE = 1_000_000_000_000L;

    /** How many of those a build runs, and a thorough one. */
    private static final long FEW_DURABLE = 200;

    private static final long MANY_DURABLE = 3_000;

    /** In front of the seeds in which publishers want receipts; of every second logs are stored. */
    private static final long WITH_RECEIPTS = 2_000_000_000_000L;

    /** In front of the seeds in which publishers also invalidate what they published. */
    private static final long WITH_INVALIDATIONS = 3_000_000_000_000L;

    /** In front of the seeds in which messages also have ids, and are published again. */
    private static final long WITH_REPEATS = 4_000_000_000_000L;

    /** In front of the seeds in which some sources of truth also claim what was never published. */
    private static final long WITH_CLAIMS = 5_000_000_000_000L;

    /** In front of the seeds in which clients outside the cluster keep their places by themselves. */
    private static final long WITH_KEPT_PLACES = 6_000_000_000_000L;

    /** How many of those a build runs. */
    private static final long FEW_WITH_KEPT_PLACES = 60;

    /** In front of the seeds in which logs also give way, and are whole again. */
    private static final long WITH_LIMITS = 7_000_000_000_000L;

    private static final long MANY_WITH_LIMITS = 2_000;

    /** In front of the seeds in which stored logs also lose records, and are repaired. */
    private static final long WITH_REPAIRS = 8_000_000_000_000L;

    private static final long MANY_WITH_REPAIRS = 1_500;

    private static final int MOST_FAILURES = 5;
    /** Of the tokens of a single node: clocks jump, and others have read on in streams that a token has not heard of (C11). */
    private static final long MOST_TOLD_ONE_IN = 5;

    /** A run in which one of these never happens proves nothing about it. */
    private static final List<String> KINDS = List.of(
            "chain: LOST",
            "chain: READY",
            "clusters: a node gave way",
            "clusters: a short incarnation on an island",
            "clusters: another one told as nobody",
            "clusters: formed by a process that did not join",
            "clusters: parted, both live on",
            "died: between two effects",
            "died: a while after it was no member any more",
            "died: while leaving",
            "fault: a short incarnation on an island",
            "fault: a split",
            "fault: an island",
            "fault: another incarnation",
            "fault: chain",
            "fault: clock drift",
            "fault: clock jump",
            "fault: clogged link",
            "fault: contradicting reachability",
            "fault: crash",
            "fault: crash between two effects",
            "fault: cursor forgotten",
            "fault: cut",
            "fault: cut in one direction",
            "fault: downed",
            "fault: frozen subscription",
            "fault: killed while leaving",
            "fault: late join",
            "fault: leave",
            "fault: loss",
            "fault: pause",
            "fault: reload fails",
            "fault: reset",
            "fault: restart",
            "fault: slow subscription",
            "incarnations of a node: 17 and more",
            "members: gone before it was seen up",
            "members: gone before it was seen up, and had published",
            "members: news late by a second and more",
            "members: news overtakes that of another member",
            "members: seen before its predecessor was removed",
            "messages: announced as missed",
            "messages: delivered",
            "messages: published",
            "packets: carried into the next incarnation",
            "packets: held up on a clogged link",
            "packets: lost in a reset",
            "packets: lost in silence",
            "packets: lost to a cut",
            "packets: lost to a full link",
            "publish: refused, Closed",
            "publish: refused, TimedOut",
            "publish: refused, TooMany",
            "publish: waits for room",
            "publish: waits until its node is up",
            "setting: nodes named by their address",
            "setting: nodes with names of their own",
            "setting: nodes with names of their own, and an address for each incarnation",
            "setting: 2 nodes",
            "setting: 3 nodes",
            "setting: 4 nodes",
            "setting: 5 nodes",
            "setting: members' news in any order",
            "setting: members' news in order",
            "setting: no faults, BACKPRESSURE",
            "setting: no faults, EXPIRE",
            "setting: chains of faults",
            "setting: long history",
            "setting: several clusters",
            "setting: several clusters, and some nodes only warn",
            "setting: settings of all",
            "setting: settings of each process",
            "setting: feed smaller than the ring",
            "setting: ring bounded by its bytes",
            "setting: ring of 1 to 3",
            "setting: ring of 4 to 31",
            "setting: ring of 32 to 255",
            "setting: ring of 256 to 1,000",
            "setting: window of one batch",
            "setting: window of several batches",
            "subscription: cancelled",
            "subscription: from Earliest",
            "subscription: from Latest",
            "subscription: from Since",
            "subscription: joined the feed",
            "subscription: asks where to read on",
            "subscription: reads what it has yet to read elsewhere",
            "subscription: ready",
            "subscription: ready without somebody",
            "subscription: reload answers with positions",
            "subscription: told that a producer left",
            "token: of a token of tokens",
            "token: resumed in a later incarnation of its node",
            "token: resumed in the same incarnation",
            "token: resumed on another node",
            "token: taken",
            "token: taken during a reload",
            "wire: Ack",
            "wire: Batch",
            "wire: ClusterProbe",
            "wire: CursorExpired",
            "wire: Deregister",
            "wire: GiveWay",
            "wire: Gone",
            "wire: GoneAck",
            "wire: Heartbeat",
            "wire: Hello",
            "wire: Ping",
            "wire: Register",
            "wire: Registered");

    /** The same, of stored logs. */
    private static final List<String> DURABLE_KINDS = List.of(
            "fault: store: FAILED",
            "fault: store: LATE",
            "fault: store: SAID_FAILED",
            "fault: store: UNANSWERED",
            "setting: a single node",
            "store: a number that is taken",
            "store: records dropped");

    private static Stream<String> receiptKinds() {
        return Stream.concat(
                Stream.of("receipt: held", "receipt: not held"),
                Arrays.stream(ReceiptAnswer.Kind.values()).map(kind -> "receipt: " + kind));
    }

    @Test
    @DisplayName("ruleD1: G1 to G7 hold where logs are stored")
    void theGuaranteesHoldWhereLogsAreStored() {
        runOwn(DURABLE + 1, DURABLE + FEW_DURABLE);
    }

    @Tag("thorough")
    @Tag("day1")
    @Test
    @DisplayName("ruleD1: G1 to G7 hold where logs are stored, whatever the store does")
    void theGuaranteesHoldWhateverTheStoreDoes() {
        ScheduleReport report = runOwn(DURABLE + 1, DURABLE + MANY_DURABLE);
        assertHappened(report, DURABLE_KINDS.stream());
        long resumed = report.of("single node: a token is resumed");
        long told = report.of("single node: a token is told that others may have published");
        assertTrue(told * MOST_TOLD_ONE_IN < resumed, told + " of " + resumed + " tokens of single nodes");
    }

    @Test
    @DisplayName("ruleP15: who is said to have a message was given it, and each receipt is answered in its time")
    void receiptsSayWhoHasAMessage() {
        ScheduleReport report = runOwn(WITH_RECEIPTS + 1, WITH_RECEIPTS + FEW_DURABLE);
        assertHappened(report, receiptKinds());
    }

    @Tag("thorough")
    @Tag("day1")
    @Test
    @DisplayName("ruleP15: so do many receipts")
    void manyReceiptsSayWhoHasAMessage() {
        runOwn(WITH_RECEIPTS + 1, WITH_RECEIPTS + MANY_DURABLE);
    }

    @Test
    @DisplayName("ruleP16: whoever comes to an invalidation is told that something is missing")
    void invalidationsAreTold() {
        ScheduleReport report = runOwn(WITH_INVALIDATIONS + 1, WITH_INVALIDATIONS + FEW_DURABLE);
        assertTrue(report.of("publish: invalidation") > 0, "nothing was invalidated");
    }

    @Tag("thorough")
    @Tag("day1")
    @Test
    @DisplayName("ruleP16: so is whoever comes to many")
    void manyInvalidationsAreTold() {
        runOwn(WITH_INVALIDATIONS + 1, WITH_INVALIDATIONS + MANY_DURABLE);
    }

    @Test
    @DisplayName("ruleP17: no log that holds a message has it twice, whoever publishes it again")
    void repeatsPublishNothing() {
        ScheduleReport report = runOwn(WITH_REPEATS + 1, WITH_REPEATS + FEW_DURABLE);
        List<String> kinds = List.of(
                "repeat: comes again",
                "repeat: says something else",
                "repeat: after nobody knew",
                "repeat: answered",
                "repeat: answered of an earlier incarnation's",
                "publish: refused, IdReused");
        assertHappened(report, kinds.stream());
    }

    @Test
    @DisplayName("ruleS4: whoever reloads from a source that claims too much is told so, and goes on")
    void claimsAreToldAndPassed() {
        ScheduleReport report = runOwn(WITH_CLAIMS + 1, WITH_CLAIMS + FEW_DURABLE);
        List<String> kinds = List.of(
                "subscription: reload claims what was never published",
                "farewell: in parts",
                "farewell: a part is lost");
        assertHappened(report, kinds.stream());
    }

    @Tag("thorough")
    @Tag("day1")
    @Test
    @DisplayName("ruleP17: so it is with many")
    void manyRepeatsPublishNothing() {
        runOwn(WITH_REPEATS + 1, WITH_REPEATS + MANY_DURABLE);
    }

    @Tag("thorough")
    @Tag("day1")
    @Test
    @DisplayName("ruleS4: so does whoever reloads from many")
    void manyClaimsAreToldAndPassed() {
        runOwn(WITH_CLAIMS + 1, WITH_CLAIMS + MANY_DURABLE);
    }

    @Test
    @DisplayName("ruleT1: a client goes on where it is by a token and what came since, or by positions alone")
    void placesThatClientsKeepAreGood() {
        ScheduleReport report = runOwn(WITH_KEPT_PLACES + 1, WITH_KEPT_PLACES + FEW_WITH_KEPT_PLACES);
        assertTrue(report.of("token: and what came since") > 0, "no client had a token and what came since");
        assertTrue(report.of("token: of positions alone") > 0, "no client had positions alone");
    }

    @Test
    @DisplayName("ruleP4: who lacks what a log gives way with is told so")
    void logsThatGiveWayTellIt() {
        ScheduleReport report = runOwn(WITH_LIMITS + 1, WITH_LIMITS + FEW_WITH_KEPT_PLACES);
        assertHappened(report, Stream.of("log: gives way", "log: is whole again"));
    }

    @Tag("thorough")
    @Tag("day1")
    @Test
    @DisplayName("ruleP4: so it is with many")
    void manyLogsThatGiveWayTellIt() {
        runOwn(WITH_LIMITS + 1, WITH_LIMITS + MANY_WITH_LIMITS);
    }

    @Test
    @DisplayName("ruleD12: who lacks what a repaired log lacks is told so")
    void repairedLogsTellIt() {
        ScheduleReport report = runOwn(WITH_REPAIRS + 1, WITH_REPAIRS + FEW_WITH_KEPT_PLACES);
        assertHappened(report, Stream.of("fault: store: RECORDS_LOST", "fault: store: TRUNCATED"));
    }

    @Tag("thorough")
    @Tag("day1")
    @Test
    @DisplayName("ruleD12: so it is with many")
    void manyRepairedLogsTellIt() {
        runOwn(WITH_REPAIRS + 1, WITH_REPAIRS + MANY_WITH_REPAIRS);
    }

    @Test
    @DisplayName("G1 to G7 hold under every fault there is, in a thousand schedules")
    void theGuaranteesHoldInAThousandSchedules() {
        runOwn(1, FEW);
    }

    @Tag("thorough")
    @Tag("day0")
    @Test
    @DisplayName("G1 to G7 hold under every fault there is, and each of them happens")
    void theGuaranteesHoldWhateverGoesWrong() {
        String given = System.getProperty("gapless.simulation.seeds", SEEDS);
        int dots = given.indexOf("..");
        long first = Long.parseLong(dots < 0 ? given : given.substring(0, dots));
        ScheduleReport report = run(first, dots < 0 ? first : Long.parseLong(given.substring(dots + 2)));
        if (given.equals(SEEDS)) {
            assertHappened(report, allKinds());
        }
    }

    /** Unless other seeds are asked for. */
    /** A run in which something that is to be proved never took place proves nothing. */
    private static void assertHappened(ScheduleReport report, Stream<String> kinds) {
        assertEquals(List.of(), kinds.filter(kind -> report.of(kind) == 0).toList(), "never happened");
    }

    private static ScheduleReport runOwn(long first, long last) {
        assumeTrue(System.getProperty("gapless.simulation.seeds") == null, "other seeds are asked for");
        return run(first, last);
    }

    private static ScheduleReport run(long first, long last) {
        ScheduleReport report = new ScheduleReport(MOST_FAILURES);
        Simulator.runAll(first, last, null, Runtime.getRuntime().availableProcessors(), report);
        String text = String.join("\n", report.lines());
        System.out.println(text);
        List<Long> failed =
                report.failures().stream().map(FailedSchedule::seed).sorted().toList();
        assertEquals(List.of(), failed, text);
        assertEquals(last - first + 1, report.of("schedules"), text);
        assertNull(report.needless(), text);
        return report;
    }

    private static Stream<String> allKinds() {
        Stream<String> ofEnums = Stream.of(
                        Arrays.stream(Reason.values()).map(reason -> "expired: " + reason),
                        Arrays.stream(Overflow.values()).map(overflow -> "setting: overflow " + overflow),
                        Arrays.stream(ResumeAfterExpiry.values()).map(resume -> "setting: resumes at " + resume))
                .flatMap(kinds -> kinds);
        return Stream.concat(KINDS.stream(), ofEnums);
    }
}
