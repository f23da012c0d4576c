/**
 * The way in: JSON becomes messages of a topic.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.publish;

import org.jspecify.annotations.NullMarked;
