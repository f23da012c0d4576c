package dev.gapless.core.log;

/**
 * One message in its place in a log.
 *
 * @param sequence its number in the log's epoch
 * @param publishedMs when it was published, in milliseconds since 1970; never less than its predecessor's
 * @param content the message
 */
public record Frame(long sequence, long publishedMs, Content content) implements Ring.Entry {

    /** What a frame is charged for beside its content: references, object headers, and its few bytes on the wire, at most 27 of them: flags,
     * time, serializer, and lengths. */
    public static final int OVERHEAD_BYTES = 64;

    @Override
    public long index() {
        return sequence;
    }

    @Override
    public long sizeBytes() {
        return content.sizeBytes() + OVERHEAD_BYTES;
    }
}
