package dev.gapless;

import dev.gapless.core.Position;
import java.util.List;
import java.util.Optional;

/** Of the messages of a {@link Producer#publishAll} some were published, and others were not. The cause is why the first was not. */
public final class PartlyPublished extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // an immutable list of values
    private final transient List<Optional<Position>> positions;

    /**
     * Made by Gapless.
     *
     * @param message what happened
     * @param cause why the first was not published
     * @param positions for each message where it is, or empty
     */
    public PartlyPublished(String message, Throwable cause, List<Optional<Position>> positions) {
        super(message, cause);
        this.positions = List.copyOf(positions);
    }

    /** {@return for each message, in the list's order, where it is; empty if it was not published, or nobody knows ({@link PublishUnknown})} */
    public List<Optional<Position>> positions() {
        return positions;
    }
}
