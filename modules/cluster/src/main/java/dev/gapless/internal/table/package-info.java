/**
 * Tables: the rows of a source, kept in step with the changes that are published.
 *
 * <p>{@link dev.gapless.internal.table.SharedTable} has what is known and seen, which {@link dev.gapless.core.table.TableState} decides;
 * {@link dev.gapless.internal.table.Reloading} says when the source is read. Who opens a table holds a {@link
 * dev.gapless.internal.table.TableHandle}.
 */
@NullMarked
package dev.gapless.internal.table;

import org.jspecify.annotations.NullMarked;
