/**
 * What a node knows of the rows of a table, whose source it reads and whose changes are published.
 *
 * <p>{@link dev.gapless.core.table.TableState} merges both, and says what may be seen of that.
 */
@NullMarked
package dev.gapless.core.table;

import org.jspecify.annotations.NullMarked;
