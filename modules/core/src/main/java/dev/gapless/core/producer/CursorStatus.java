package dev.gapless.core.producer;

import dev.gapless.core.Session;

/**
 * One reader, for people; numbers of messages in the log, bytes under way, and how many may be.
 *
 * @param holds does the log keep something for it, though it may have everything?
 */
public record CursorStatus(
        Session session,
        long reader,
        long sent,
        long acked,
        boolean confirmed,
        long bytesInFlight,
        long windowBytes,
        boolean holds,
        boolean stalled,
        boolean reachable) {}
