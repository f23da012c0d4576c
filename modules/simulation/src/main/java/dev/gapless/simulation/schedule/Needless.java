package dev.gapless.simulation.schedule;

import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Judges how often schedules announced something behind which nothing was missing. Some of that is inevitable, since nobody knows what a
 * process published that crashed. A core that announces more loses nothing, and makes applications reload for nothing.
 */
final class Needless {
    /** Fewer are not judged: a single one with many restarts has several times the usual share. */
    static final long FEWEST_SCHEDULES = 200;

    private static final long MILLION = 1_000_000;

    private Needless() {}

    /** Which reasons these schedules announced too often, and how often they may; empty if none, or if there are too few schedules to tell. */
    static List<String> beyondBounds(Counts counts) {
        List<String> beyond = new ArrayList<>();
        if (counts.of("schedules") < FEWEST_SCHEDULES) {
            return beyond;
        }
        long stored = counts.of("steps of stored logs");
        long inMemory = counts.of("steps") - stored;
        for (Reason reason : Reason.values()) {
            long needless = counts.of("announced: nothing is missing, " + reason);
            long most = most(reason, inMemory, stored);
            if (needless > most) {
                beyond.add(String.format(Locale.ROOT, "%s %,d times, at most %,d", reason, needless, most));
            }
        }
        return beyond;
    }

    /** 1.8 times what thousands of schedules have (docs/verification.md). An overrun has numbers, and so is never needless. */
    private static long most(Reason reason, long stepsInMemory, long stepsOfStoredLogs) {
        return switch (reason) {
            case OVERRUN -> 0;
            case PRODUCER_RESTARTED -> (2_600 * stepsInMemory + 100 * stepsOfStoredLogs) / MILLION;
            case PRODUCER_LOST -> (2_500 * stepsInMemory + 900 * stepsOfStoredLogs) / MILLION;
            case POSITION_UNKNOWN -> (2_700 * stepsInMemory + 2_100 * stepsOfStoredLogs) / MILLION;
        };
    }
}
