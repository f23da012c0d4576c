package dev.gapless.multijvm.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Json;
import dev.gapless.multijvm.node.Report;
import java.util.List;

/** A subscription in a test node, and the record of what it was given. */
public final class TestSubscription {
    private final TestNode node;
    private final String id;

    TestSubscription(TestNode node, String id) {
        this.node = node;
        this.id = id;
    }

    /** What it was given so far. */
    public Report report() {
        return Json.read(call("report"), Report.class);
    }

    public TestSubscription awaitReady() {
        Await.value(this + " is ready", this::report, Report::ready);
        return this;
    }

    /** Waits until every sequence of this producer up to that one was delivered or announced, in a correct way. */
    public Report awaitReached(TestNode producer, long sequence) {
        Report report = Await.value(
                this + " has " + producer.name() + " up to " + sequence,
                this::report,
                r -> r.reached(producer.name()) >= sequence || !r.violations().isEmpty());
        assertEquals(List.of(), report.violations());
        return report;
    }

    /** Waits until so many gaps were announced. */
    public Report awaitGaps(TestNode producer, int count) {
        Report report = Await.value(
                this + " has " + count + " gaps of " + producer.name(),
                this::report,
                r -> r.gaps(producer.name()).size() >= count || !r.violations().isEmpty());
        assertEquals(List.of(), report.violations());
        return report;
    }

    /** Its handler does not come back from the next message, until the gate opens. */
    public void closeGate() {
        call("close-gate");
    }

    public void openGate() {
        call("open-gate");
    }

    /** Reloads that were held succeed. */
    public void releaseReloads() {
        call("release-reloads");
    }

    /** A token of where it is. */
    public String token() {
        return Json.read(call("token"), String.class);
    }

    /** Cancels it, and returns the reason with which it ended. */
    public String cancel() {
        return Json.read(call("cancel"), String.class);
    }

    @Override
    public String toString() {
        return id + " on " + node;
    }

    private String call(String command) {
        return node.call(command, Arguments.of("id", id));
    }
}
