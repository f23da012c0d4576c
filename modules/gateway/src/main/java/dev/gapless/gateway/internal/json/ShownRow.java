package dev.gapless.gateway.internal.json;

/** What clients are shown of a row of a table. */
public sealed interface ShownRow {
    /** Its key was deleted. */
    record Deleted() implements ShownRow {}

    /** JSON, which is not changed. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Json(byte[] data) implements ShownRow {}

    /** It is larger than the client wants, or than the gateway shows: so many bytes. */
    record Withheld(long bytes) implements ShownRow {}

    /** It cannot be shown. */
    record Undecodable(String why) implements ShownRow {}
}
