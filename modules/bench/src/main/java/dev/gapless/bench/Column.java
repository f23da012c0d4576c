package dev.gapless.bench;

import java.util.List;
import java.util.Locale;

/**
 * How people get to read a figure.
 *
 * @param name in a narrow table
 * @param title in a document and beside the axis of a chart
 * @param unit what is one there
 * @param format of a value in this unit
 */
public record Column(String name, String title, Figure figure, double unit, String format) {
    /** All that there are. */
    private static final List<Column> ALL = List.of(
            new Column("thousand/s", "thousand messages/s", Figure.RATE, 1_000, "%.1f"),
            new Column("median us", "latency, median (µs)", Figure.LATENCY_MEDIAN, 1, "%.0f"),
            new Column("99th us", "99th percentile (µs)", Figure.LATENCY_P99, 1, "%.0f"),
            new Column("max us", "longest (µs)", Figure.LATENCY_MAX, 1, "%.0f"),
            new Column("free us", "median while none is paused (µs)", Figure.LATENCY_MEDIAN_FREE, 1, "%.0f"),
            new Column("of it", "ratio to none paused", Figure.LATENCY_OF_FREE, 1, "%.2f"),
            new Column("receipts", "receipts", Figure.RECEIPTS, 1, "%.0f"),
            new Column("level ms", "level after (ms)", Figure.LEVEL, 1, "%.0f"),
            new Column("announced", "announced as missing", Figure.ANNOUNCED, 1, "%.0f"),
            new Column("reads", "reads of the source", Figure.READS, 1, "%.0f"),
            new Column("began ms", "reading began after (ms)", Figure.READ_BEGAN, 1, "%.0f"),
            new Column("read ms", "reading (ms)", Figure.READ_TIME, 1, "%.0f"),
            new Column("received MB", "received (MB)", Figure.RECEIVED, 1_000_000, "%.1f"),
            new Column("told after kill ms", "told after the kill (ms)", Figure.TOLD, 1, "%.0f"),
            new Column(
                    "told after member ms", "told after the member was up (ms)", Figure.TOLD_AFTER_MEMBER, 1, "%.0f"),
            new Column("opened ms", "opened after (ms)", Figure.OPENED, 1, "%.0f"),
            new Column("caught up ms", "caught up (ms)", Figure.CATCH_UP, 1, "%.1f"),
            new Column("losses", "losses told", Figure.LOSSES, 1, "%.0f"),
            new Column("of one", "losses told to one at most", Figure.LOSSES_OF_ONE, 1, "%.0f"),
            new Column("overrun", "OVERRUN", Figure.OVERRUN, 1, "%.0f"),
            new Column("restarted", "PRODUCER_RESTARTED", Figure.RESTARTED, 1, "%.0f"),
            new Column("lost", "PRODUCER_LOST", Figure.LOST, 1, "%.0f"),
            new Column("unknown", "POSITION_UNKNOWN", Figure.UNKNOWN, 1, "%.0f"),
            new Column("fast's", "losses told to the fast one", Figure.LOSSES_OF_FAST, 1, "%.0f"),
            new Column("fast's messages", "announced to it", Figure.ANNOUNCED_TO_FAST, 1, "%.0f"),
            new Column("left", "told that a producer left", Figure.LEFT, 1, "%.0f"),
            new Column("rolled s", "restarted after (s)", Figure.ROLLED, 1_000, "%.1f"),
            new Column("sent/published", "bytes sent, of bytes published", Figure.SENT_OF_PUBLISHED, 1, "%.2f"),
            new Column("sent, alone", "the same, alone", Figure.SENT_OF_PUBLISHED_ALONE, 1, "%.2f"),
            new Column("lacked", "messages that clients lack", Figure.LACKED, 1, "%.0f"),
            new Column("sent/lacked", "bytes sent, of bytes that clients lack", Figure.SENT_OF_LACKED, 1, "%.2f"),
            new Column("sent/read", "bytes sent, of bytes read", Figure.SENT_OF_READ, 1, "%.2f"),
            new Column("fast, of alone", "rate of the fast one, of that alone", Figure.FAST_OF_ALONE, 1, "%.2f"),
            new Column("CPU, of alone", "CPU time, of that alone", Figure.CPU_OF_ALONE, 1, "%.2f"),
            new Column("ready ms", "all ready after (ms)", Figure.READY, 1, "%.0f"),
            new Column("deliveries", "deliveries", Figure.DELIVERIES, 1, "%.0f"),
            new Column("sent", "messages between nodes", Figure.SENT_MESSAGES, 1, "%.0f"),
            new Column("sent KB", "sent between nodes (KB)", Figure.SENT_BYTES, 1_000, "%.0f"),
            new Column("registers", "of them registrations", Figure.REGISTERS, 1, "%.0f"),
            new Column("answers", "answers to registrations", Figure.REGISTER_ANSWERS, 1, "%.0f"),
            new Column("acks", "acknowledgements", Figure.ACKS, 1, "%.0f"),
            new Column("CPU us", "CPU time per delivery (µs)", Figure.CPU, 1, "%.2f"),
            new Column(
                    "publisher's CPU us",
                    "CPU time of the publisher per message (µs)",
                    Figure.CPU_PUBLISHER,
                    1,
                    "%.2f"),
            new Column("CPU us, one stuck", "CPU time, one stuck (µs)", Figure.CPU_ONE_STUCK, 1, "%.2f"),
            new Column("of it free", "ratio to none stuck", Figure.CPU_RATIO_ONE_STUCK, 1, "%.2f"),
            new Column("clients' CPU us", "CPU time of the clients (µs)", Figure.CPU_CLIENTS, 1, "%.2f"),
            new Column("bytes/event", "bytes per delivery on the wire", Figure.BYTES, 1, "%.0f"),
            new Column("slowest", "slowest client, of the fastest", Figure.SLOWEST, 1, "%.2f"),
            new Column("heap/client", "heap per client (bytes)", Figure.HEAP_CLIENT, 1, "%.0f"),
            new Column("bytes", "bytes allocated per delivery", Figure.ALLOCATED, 1, "%.0f"),
            new Column("peak heap MiB", "peak heap (MiB)", Figure.PEAK_HEAP, 1 << 20, "%.0f"),
            new Column("heap/topic, unused", "heap per unused topic (bytes)", Figure.HEAP_UNUSED, 1, "%.0f"),
            new Column(
                    "heap/topic, ten messages", "heap per topic of ten messages (bytes)", Figure.HEAP_USED, 1, "%.0f"),
            new Column("heap/key", "heap per key (bytes)", Figure.HEAP_KEY, 1, "%.0f"),
            new Column("settled s", "settled after (s)", Figure.SETTLED, 1_000, "%.1f"),
            new Column("idle CPU ms/s", "idle CPU (ms/s)", Figure.IDLE_CPU, 1, "%.1f"),
            new Column("unused topics", "with unused topics (ms/s)", Figure.IDLE_CPU_UNUSED, 1, "%.1f"),
            new Column("no topics", "without topics (ms/s)", Figure.IDLE_CPU_EMPTY, 1, "%.1f"));

    /** Those of a workload's table. At a rate that the workload sets, the rate is none of them. */
    public static List<Column> of(Workload workload, List<Summary> summaries) {
        return ALL.stream()
                .filter(column ->
                        summaries.stream().anyMatch(summary -> summary.figures().containsKey(column.figure)))
                .filter(column -> column.figure != Figure.RATE || workload.ratePerSecond() == 0)
                .toList();
    }

    /** The one of this figure. */
    public static Column of(Figure figure) {
        return ALL.stream()
                .filter(column -> column.figure == figure)
                .findFirst()
                .orElseThrow();
    }

    /** Of the ratios of this figure. */
    public static Column ratio(Figure figure) {
        return new Column("ratio", "ratio", figure, 1, "%.2f");
    }

    /** A value, without its unit. */
    public String said(double value) {
        return String.format(Locale.ROOT, format, value / unit);
    }
}
