/**
 * TLS of the gateway's two ports: the files, and what becomes of them when they change.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.tls;

import org.jspecify.annotations.NullMarked;
