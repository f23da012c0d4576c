/**
 * Who may do what at the gateway.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.access;

import org.jspecify.annotations.NullMarked;
