/**
 * How messages become bytes: the application's ({@link dev.gapless.internal.wire.Codec}), and what nodes send each other
 * ({@link dev.gapless.internal.wire.WireSerializer}).
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.wire;

import org.jspecify.annotations.NullMarked;
