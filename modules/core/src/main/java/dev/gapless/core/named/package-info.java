/**
 * The token of a named subscription, in a store that may fail (rule S7).
 *
 * <p>{@link dev.gapless.core.named.KeptTokenState} decides when the name is opened, when a token is stored, and what an answer means. Its
 * driver carries out each {@link dev.gapless.core.named.KeptTokenEffect} in order, and calls it when it is due.
 */
@NullMarked
package dev.gapless.core.named;

import org.jspecify.annotations.NullMarked;
