package dev.gapless.bench;

/** What is measured of a run. A delivery is a message at one subscriber, or at one subscription of it. */
public enum Figure {
    RATE("messages_per_s"),
    LEVEL("level_ms"),
    ANNOUNCED("announced_messages"),
    READS("source_reads"),
    READ_BEGAN("source_read_began_ms"),
    READ_TIME("source_read_ms"),
    RECEIVED("received_bytes"),
    TOLD("told_ms_after_kill"),
    TOLD_AFTER_MEMBER("told_ms_after_member"),
    LATENCY_MEDIAN("latency_us_median"),
    LATENCY_P99("latency_us_p99"),
    LATENCY_MAX("latency_us_max"),
    LATENCY_MEDIAN_FREE("latency_us_median_free"),
    LATENCY_OF_FREE("latency_of_free"),
    RECEIPTS("receipts"),
    OPENED("opened_ms"),
    CATCH_UP("catch_up_ms"),
    LOSSES("losses_told"),
    LOSSES_OF_ONE("losses_told_most_of_one"),
    LOSSES_OF_FAST("losses_told_fast"),
    ANNOUNCED_TO_FAST("announced_messages_fast"),
    OVERRUN("losses_told_overrun"),
    RESTARTED("losses_told_producer_restarted"),
    LOST("losses_told_producer_lost"),
    UNKNOWN("losses_told_position_unknown"),
    LEFT("producers_left"),
    ROLLED("rolled_ms"),
    READY("ready_ms"),
    DELIVERIES("deliveries"),
    SENT_OF_PUBLISHED("sent_of_published"),
    SENT_OF_PUBLISHED_ALONE("sent_of_published_alone"),
    LACKED("lacked_messages"),
    SENT_OF_LACKED("sent_of_lacked"),
    SENT_OF_READ("sent_of_read"),
    FAST_OF_ALONE("fast_rate_of_alone"),
    CPU_OF_ALONE("cpu_of_alone"),
    SENT_MESSAGES("sent_messages"),
    SENT_BYTES("sent_bytes"),
    REGISTERS("sent_registers"),
    REGISTER_ANSWERS("sent_register_answers"),
    ACKS("sent_acks"),
    CPU("cpu_us_per_delivery"),
    CPU_PUBLISHER("cpu_us_per_message_of_publisher"),
    CPU_ONE_STUCK("cpu_us_per_delivery_one_stuck"),
    CPU_RATIO_ONE_STUCK("cpu_ratio_one_stuck"),
    CPU_CLIENTS("cpu_us_per_delivery_of_clients"),
    BYTES("bytes_per_delivery"),
    SLOWEST("slowest_client_of_fastest"),
    HEAP_CLIENT("heap_bytes_per_client"),
    HEAP_UNUSED("heap_bytes_per_topic_unused"),
    HEAP_USED("heap_bytes_per_topic_used"),
    HEAP_KEY("heap_bytes_per_key"),
    SETTLED("settled_ms"),
    IDLE_CPU("idle_cpu_ms_per_s"),
    IDLE_CPU_EMPTY("idle_cpu_ms_per_s_no_topics"),
    IDLE_CPU_UNUSED("idle_cpu_ms_per_s_unused"),
    ALLOCATED("allocated_bytes_per_delivery"),
    PEAK_HEAP("peak_heap_bytes");

    private final String key;

    Figure(String key) {
        this.key = key;
    }

    /** Its name in JSON, with its unit. */
    public String key() {
        return key;
    }
}
