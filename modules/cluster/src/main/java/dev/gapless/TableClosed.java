package dev.gapless;

import org.jspecify.annotations.Nullable;

/** A {@link Table} has closed: what it has is old. {@code gapless.table.serve-stale = on} lets it be read all the same. */
public final class TableClosed extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * What happened.
     *
     * @param topic the name of the topic
     * @param why behind "since"
     * @param cause what went wrong, or null
     */
    public TableClosed(String topic, String why, @Nullable Throwable cause) {
        super("The table of topic " + topic + " has closed, since " + why, cause);
    }

    /**
     * The same, thrown once more.
     *
     * @param earlier what happened
     */
    public TableClosed(TableClosed earlier) {
        super(earlier.getMessage(), earlier);
    }
}
