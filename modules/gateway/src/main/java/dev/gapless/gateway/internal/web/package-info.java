/**
 * The web server: routes, limits, and the connections that clients hold.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.web;

import org.jspecify.annotations.NullMarked;
