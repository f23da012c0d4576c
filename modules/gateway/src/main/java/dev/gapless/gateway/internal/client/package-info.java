/**
 * The way out: one client for each connection, which pulls its topics' messages and writes them as frames.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.client;

import org.jspecify.annotations.NullMarked;
