/**
 * A gateway as a whole: what its clients have in common, and the servers that they come to, from its start to its end.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.server;

import org.jspecify.annotations.NullMarked;
