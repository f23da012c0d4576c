package dev.gapless;

import dev.gapless.core.CursorToken;
import java.util.Objects;

/**
 * All rows of a source, and up to where they are: both were read in one transaction.
 *
 * <pre>{@code
 * TableRows<Price> rows = new TableRows<>(statement.prices(), CursorToken.parse(statement.token()));
 * }</pre>
 *
 * @param rows each key once
 * @param upTo what the rows reflect: the token of the topic that a subscriber stored with them
 * @param <T> the type of the rows
 */
public record TableRows<T>(Iterable<? extends T> rows, CursorToken upTo) {
    /**
     * Rows with their token.
     *
     * @param rows each key once; not null
     * @param upTo what the rows reflect; not null
     */
    public TableRows {
        Objects.requireNonNull(rows, "rows must not be null");
        Objects.requireNonNull(upTo, "upTo must not be null: the token that was stored with the rows");
    }
}
