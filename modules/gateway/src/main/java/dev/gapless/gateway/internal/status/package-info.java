/**
 * The status of the cluster for those who look on: asked of the members once for all of them, and told as a whole and by what has changed.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.status;

import org.jspecify.annotations.NullMarked;
