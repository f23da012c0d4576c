package dev.gapless.core.producer;

import dev.gapless.core.Session;

/** One reader, for people; numbers of messages in the log, bytes under way, and how many may be. */
public record CursorStatus(
        Session session,
        long reader,
        long sent,
        long acked,
        boolean confirmed,
        long bytesInFlight,
        long windowBytes,
        boolean stalled,
        boolean reachable) {}
