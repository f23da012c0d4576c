package dev.gapless.gateway.internal.site;

/**
 * A file as browsers get it. It is not to be changed.
 *
 * @param type its Content-Type
 * @param tag its ETag, with quotation marks
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StaticFile(String type, byte[] bytes, String tag) {
    /** Has the browser this one already that sends this as If-None-Match? */
    public boolean isIn(String known) {
        return known.contains(tag);
    }
}
