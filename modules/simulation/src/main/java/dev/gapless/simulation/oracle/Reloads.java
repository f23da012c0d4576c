package dev.gapless.simulation.oracle;

import dev.gapless.core.TopicSettings;

/** Judges how often the reloads of one subscription begin (rule S3), by the clock of its process, in nanoseconds. */
public final class Reloads {
    /** With backpressure publishers wait meanwhile: interval and jitter take no more than this share of their patience. */
    private static final double SHARE_OF_PATIENCE = 4;

    private final long atLeastNs;
    private boolean begun;
    private long begunNs;

    public Reloads(TopicSettings settings) {
        double longest = settings.reloadIntervalNs() + settings.reloadJitterNs();
        double most = settings.backpressure() ? settings.backpressureTimeoutNs() / SHARE_OF_PATIENCE : longest;
        double cut = longest <= most ? 1 : most / longest;
        this.atLeastNs = (long) (settings.reloadIntervalNs() * cut) - 1;
    }

    /** A reload begins that is not the repetition of one that failed. */
    public void begins(Object subscription, long nowNs) {
        if (begun && nowNs - begunNs < atLeastNs) {
            throw new Violation("S3: " + subscription + " reloads again after " + (nowNs - begunNs) / 1_000_000
                    + " ms, and is to wait for " + atLeastNs / 1_000_000);
        }
        begun = true;
        begunNs = nowNs;
    }
}
