/**
 * What gapless.gateway says in the configuration.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.settings;

import org.jspecify.annotations.NullMarked;
