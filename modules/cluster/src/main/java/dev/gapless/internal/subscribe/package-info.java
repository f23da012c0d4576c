/**
 * The way out: what a feed holds becomes events, given to a handler, an actor or a stream.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.subscribe;

import org.jspecify.annotations.NullMarked;
