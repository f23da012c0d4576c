package dev.gapless.gateway.internal.budget;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

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
    /** Answers that are kept for requests that come again. */
    ANSWERS,
    /** The latest changes of collections. */
    CHANGES,
    /** Rings of topics that clients began. They stay when the clients have gone, and so have a budget of their own. */
    RINGS;

    /** Those that share what {@code gapless.gateway.budget} says. */
    public static final Set<Share> OF_REQUESTS = EnumSet.complementOf(EnumSet.of(RINGS));

    /** As meters spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
