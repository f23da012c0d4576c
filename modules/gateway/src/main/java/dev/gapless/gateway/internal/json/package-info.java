/**
 * Messages, events and status as the outward contract shows them.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.json;

import org.jspecify.annotations.NullMarked;
