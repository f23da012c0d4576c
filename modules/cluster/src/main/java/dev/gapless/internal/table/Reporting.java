package dev.gapless.internal.table;

import dev.gapless.NodeStatus.TableReport;
import dev.gapless.TableStatus;
import dev.gapless.core.Gap;
import dev.gapless.internal.fence.Fence;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a table is, for the status of its node. Calls what the application has thrown: not under a lock. */
record Reporting(
        TableStatus status, long rows, long bytes, @Nullable Instant loaded) {
    /** Of what an exception says. */
    private static final int MOST_CHARS = 300;

    TableReport report() {
        return new TableReport(
                status.state().name().toLowerCase(Locale.ROOT),
                status.since(),
                rows,
                bytes,
                loaded,
                status.reading(),
                status.failures(),
                problem());
    }

    private @Nullable String problem() {
        return switch (status.state()) {
            case LIVE -> null;
            case CLOSED -> said(status.cause());
            case STALE -> missing() + failed();
        };
    }

    private String missing() {
        List<Gap> missed = status.missed();
        if (!missed.isEmpty()) {
            return "it has missed messages: "
                    + missed.stream()
                            .map(gap -> gap.reason() + (gap.node() == null ? "" : " of " + gap.node()))
                            .distinct()
                            .collect(Collectors.joining(", "));
        }
        return loaded == null ? "it has not been loaded yet" : "it could not use a message";
    }

    private String failed() {
        return status.failures() == 0
                ? ""
                : "; its source could not be read, " + status.failures() + " times in a row: " + said(status.cause());
    }

    private static String said(@Nullable Throwable failure) {
        String text = failure == null
                ? ""
                : Fence.<String>call(
                        () -> failure.getMessage() == null ? failure.toString() : failure.getMessage(),
                        e -> failure.getClass().getName());
        return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "…";
    }
}
