/**
 * When something is due, and how one thread wakes another: {@link dev.gapless.internal.time.Clock}, deadlines, wake-ups.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.time;

import org.jspecify.annotations.NullMarked;
