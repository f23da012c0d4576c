package dev.gapless.node.demo;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;

/** The flight recorder of this very process: processor load, memory and garbage collection, by thread. */
final class FlightRecorder implements AutoCloseable {
    /** Of these, the recorder takes a sample of each thread. */
    private static final List<String> BY_THREAD = List.of("jdk.ThreadAllocationStatistics", "jdk.ThreadCPULoad");

    private static final List<String> BY_PROCESS =
            List.of("jdk.CPULoad", "jdk.JavaThreadStatistics", "jdk.ClassLoadingStatistics");
    private static final List<String> AS_THEY_HAPPEN =
            List.of("jdk.GarbageCollection", "jdk.GCHeapSummary", "jdk.ThreadStart", "jdk.ThreadEnd");
    private static final Duration SAMPLE_THREADS_EVERY = Duration.ofMillis(150);
    private static final Duration SAMPLE_PROCESS_EVERY = Duration.ofMillis(100);
    private static final int MAX_FIELDS_CHARS = 300;

    private final RecordingStream stream = new RecordingStream();

    /** Hands over each event, on a thread of its own, until it is closed. */
    FlightRecorder(Consumer<RecordedEvent> to) {
        BY_THREAD.forEach(name -> stream.enable(name).withPeriod(SAMPLE_THREADS_EVERY));
        BY_PROCESS.forEach(name -> stream.enable(name).withPeriod(SAMPLE_PROCESS_EVERY));
        AS_THEY_HAPPEN.forEach(name -> stream.enable(name).withoutThreshold());
        stream.setMaxAge(Duration.ofSeconds(10));
        stream.onEvent(to);
        stream.startAsync();
    }

    /** What an event says, in a line. */
    static String fieldsOf(RecordedEvent event) {
        StringBuilder text = new StringBuilder();
        for (ValueDescriptor field : event.getFields()) {
            Object value = event.getValue(field.getName());
            if (value instanceof RecordedThread thread) {
                value = thread.getJavaName();
            }
            if (value instanceof Number || value instanceof String || value instanceof Boolean) {
                text.append(text.length() == 0 ? "" : " ")
                        .append(field.getName())
                        .append('=')
                        .append(value);
            }
        }
        return text.substring(0, Math.min(text.length(), MAX_FIELDS_CHARS));
    }

    /** After this nothing more is handed over. */
    @Override
    public void close() {
        stream.close();
    }
}
