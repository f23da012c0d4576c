/**
 * The heap that clients cause, and who causes it.
 *
 * <p>What a client sends is bounded in bytes and in number elsewhere; objects in the heap are many times that. Each of them is claimed here
 * before it is kept.
 */
@NullMarked
package dev.gapless.gateway.internal.budget;

import org.jspecify.annotations.NullMarked;
