package dev.gapless.bench;

/** What is measured of a run. A delivery is a message at one subscriber. */
public enum Figure {
    RATE("messages_per_s"),
    CPU("cpu_us_per_delivery"),
    ALLOCATED("allocated_bytes_per_delivery"),
    PEAK_HEAP("peak_heap_bytes"),
    LATENCY_MEDIAN("latency_us_median"),
    LATENCY_P99("latency_us_p99"),
    LATENCY_MAX("latency_us_max");

    private final String key;

    Figure(String key) {
        this.key = key;
    }

    /** Its name in JSON, with its unit. */
    public String key() {
        return key;
    }
}
