/**
 * The way in: what an application publishes goes into the log of its topic on this node.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.publish;

import org.jspecify.annotations.NullMarked;
