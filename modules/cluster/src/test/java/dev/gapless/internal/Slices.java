package dev.gapless.internal;

import dev.gapless.core.log.Content;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import java.util.List;

/** Messages for tests, in the form in which they travel. */
public final class Slices {
    private static final long ROOM_BYTES = 1 << 20;

    private Slices() {}

    /** One message. */
    public static List<Slice> of(long publishedMs, Content content) {
        Segment segment = Segment.of(1, publishedMs, content, ROOM_BYTES);
        segment.append(content, publishedMs);
        return List.of(segment.slice(1, 1));
    }
}
