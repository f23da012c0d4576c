package dev.gapless.internal.subscribe;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import java.util.List;

/** What a {@link MessageReader} came to. */
public sealed interface Pulled {
    /** A message: the reader is at it. */
    enum Plain implements Pulled {
        MESSAGE
    }

    /**
     * A reload is under way from now on: nothing more comes until it has succeeded.
     *
     * @param gaps what is missed, as far as the filter takes it; at least one
     * @param all what is missed, whatever the filter takes: the reload passes all of it
     * @param timeMs when it became known, in milliseconds since 1970
     */
    record Missed(List<Gap> gaps, List<Gap> all, long timeMs) implements Pulled {}

    /** A producer left in good order, behind this message. */
    record Left(String node, Position position) implements Pulled {}
}
