/**
 * The way out: what a feed holds becomes events, given to a handler, an actor or a stream; or whoever
 * shows messages otherwise reads them as they are kept.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.subscribe;

import org.jspecify.annotations.NullMarked;
