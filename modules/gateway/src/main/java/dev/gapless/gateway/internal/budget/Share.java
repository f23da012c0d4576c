package dev.gapless.gateway.internal.budget;

import java.util.Locale;

/** What takes heap for clients. */
public enum Share {
    /** Heads of requests, and the metadata of calls, as long as the request is under way. */
    HEADS,
    /** What clients have sent that is not complete, or not dealt with yet. */
    UNFINISHED,
    /** Frames that clients have not taken yet. */
    UNSENT,
    /** Nodes and keys of subscriptions. */
    FILTERS,
    /** Where subscriptions began. */
    POSITIONS,
    /** JSON that is made once for many clients. */
    JSON_CACHE,
    /** The latest changes of collections. */
    CHANGES;

    /** As meters spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
