package dev.gapless.multijvm.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.node.Item;
import dev.gapless.multijvm.node.Published;
import dev.gapless.multijvm.node.Report;
import java.util.List;
import java.util.Map;

/** What tests expect of a subscription's record. */
public final class Expect {
    private Expect() {}

    /** Exactly these messages of that producer, in order, none twice, and not a word of anything missing. */
    public static void everything(Report report, TestNode producer, long first, long last) {
        sound(report);
        assertEquals(0, report.handovers(), () -> "A notice came: " + report);
        List<Item> items = report.of(producer.name());
        assertEquals(1, items.size(), () -> "One stretch was expected: " + report);
        assertEquals(Item.DELIVERED, items.get(0).kind(), report::toString);
        assertEquals(first, items.get(0).first(), report::toString);
        assertEquals(last, items.get(0).last(), report::toString);
    }

    /** Delivered and announced add up to all up to the last sequence, from the first message on. */
    public static void addsUp(Report report, TestNode producer, long last) {
        sound(report);
        assertEquals(last, report.reached(producer.name()), report::toString);
        assertEquals(last, report.accounted(producer.name()), report::toString);
    }

    /** The only gap of this producer, for that reason. */
    public static Item onlyGap(Report report, TestNode producer, String reason) {
        sound(report);
        List<Item> gaps = report.gaps(producer.name());
        assertEquals(1, gaps.size(), () -> "One gap was expected: " + report);
        assertEquals(reason, gaps.get(0).reason(), report::toString);
        return gaps.get(0);
    }

    /** Nothing that must never happen, and it goes on. */
    public static void sound(Report report) {
        assertEquals(List.of(), report.violations(), report::toString);
        assertNull(report.ended(), report::toString);
    }

    /** All of them got a position. */
    public static void accepted(Published published, long count) {
        assertEquals(count, published.accepted(), published::toString);
        assertEquals(Map.of(), published.failed(), published::toString);
        assertTrue(published.violations().isEmpty(), published::toString);
    }
}
