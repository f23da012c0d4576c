/**
 * What changed in the documents of all collections, in one order: the ring, and what fills it.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.changes;

import org.jspecify.annotations.NullMarked;
