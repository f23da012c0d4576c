/** A table that has a row for each message, exactly once: the token is stored with the rows, in one transaction. */
@NullMarked
package dev.gapless.examples.ledger;

import org.jspecify.annotations.NullMarked;
