/**
 * Files that the gateway serves to browsers.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.site;

import org.jspecify.annotations.NullMarked;
