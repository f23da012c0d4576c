package dev.gapless.internal.table;

import java.time.Duration;

/**
 * {@code gapless.table}.
 *
 * @param maxKeys how many a table may have
 * @param readTimeout after which a source that does not answer is interrupted
 * @param serveStale may a table be read that has closed?
 * @param reachedTimeout how long to wait for a position
 * @param maxWaiting how many may wait for positions
 */
public record TableSettings(
        int maxKeys, Duration readTimeout, boolean serveStale, Duration reachedTimeout, int maxWaiting) {}
